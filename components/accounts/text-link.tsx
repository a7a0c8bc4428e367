import type { ReactNode } from "react";
import { Link } from "@/components/ui/link";

/** A link inside a sentence. */
export function TextLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="rounded-sm font-medium text-brand underline-offset-4 hover:underline">
      {children}
    </Link>
  );
}
