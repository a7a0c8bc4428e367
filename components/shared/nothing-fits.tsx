"use client";

import { ChevronLeft, SearchX } from "lucide-react";
import { usePathname, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { EmptyState } from "@/components/shared/empty-state";
import { withQuery } from "@/components/shared/query-string";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";

/**
 * What stands in the place of a list of which the search and the filters leave nothing: why, and the way back to all of it.
 * A later page has nothing once its last row is gone: there the first one is offered, as it is searched and filtered.
 */
export function NothingFits({
  what,
  title,
  children = "Change the search or the filters to see others.",
}: {
  /** One of the list, such as “run”. */
  what: string;
  title?: string;
  children?: ReactNode;
}) {
  const path = usePathname();
  const params = useSearchParams();
  if (params.has("cursor") && !title) {
    const first = `${path}${withQuery(params.toString(), {})}`;
    return (
      <EmptyState
        icon={SearchX}
        title="Nothing is left on this page"
        action={
          <Button asChild variant="outline">
            <Link href={first}>
              <ChevronLeft aria-hidden="true" />
              First page
            </Link>
          </Button>
        }
      >
        What stood here is gone. What is before it begins on the first page.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={SearchX}
      title={title ?? `No ${what} fits`}
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
