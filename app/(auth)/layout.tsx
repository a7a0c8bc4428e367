import type { ReactNode } from "react";
import { Logo } from "@/components/shared/logo";
import { Link } from "@/components/ui/link";

/** The quiet page around every form for people who are not signed in. */
export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col items-center bg-background px-4 py-10 sm:justify-center">
      <header className="mb-8">
        <Link href="/" className="rounded-md" aria-label="HireBuddha, home">
          <Logo className="text-lg" />
        </Link>
      </header>
      <main className="w-full max-w-100">{children}</main>
    </div>
  );
}
