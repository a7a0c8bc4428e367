"use client";

import { SearchX } from "lucide-react";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { EmptyState } from "@/components/shared/empty-state";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";

/** What stands in the place of a list of which the search and the filters leave nothing: why, and the way back to all of it. */
export function NothingFits({
  what,
  title = `No ${what} fits`,
  children = "Change the search or the filters to see others.",
}: {
  /** One of the list, such as “run”. */
  what: string;
  title?: string;
  children?: ReactNode;
}) {
  const path = usePathname();
  return (
    <EmptyState
      icon={SearchX}
      title={title}
      action={
        <Button asChild variant="outline">
          <Link href={path} scroll={false}>
            Clear filters
          </Link>
        </Button>
      }
    >
      {children}
    </EmptyState>
  );
}
