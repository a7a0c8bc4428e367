"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { usePathname, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { LinkPending } from "@/components/shared/link-pending";
import { usePageSaid } from "@/components/shared/page-said";
import { withQuery } from "@/components/shared/query-string";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";

/**
 * Next page and back to the first, by `?cursor=`. Shows nothing when the list fits on one page.
 * @param size chooses how much is on a page, by `?limit=`
 */
export function CursorPager({
  nextCursor,
  note,
  size,
}: {
  nextCursor: string | null;
  note?: ReactNode;
  size?: ReactNode;
}) {
  const pathname = usePathname();
  const params = useSearchParams();
  const isFirst = !params.get("cursor");
  const next = nextCursor ? withQuery(params.toString(), { cursor: nextCursor }) : null;
  const said = usePageSaid(params.toString(), next?.slice(1) ?? null);
  const isWhole = isFirst && !nextCursor;
  const shown = isWhole && !params.get("limit") ? null : size;
  if (isWhole && !note && !shown) return null;
  return (
    <PagerLine note={note} said={said}>
      {shown}
      {isFirst ? null : (
        <PagerLink href={`${pathname}${withQuery(params.toString(), {})}`}>
          <ChevronLeft aria-hidden="true" />
          First page
        </PagerLink>
      )}
      {next ? (
        <PagerLink href={`${pathname}${next}`}>
          Next page
          <ChevronRight aria-hidden="true" />
        </PagerLink>
      ) : null}
    </PagerLine>
  );
}

/** Leads to a page of the list, which may have no such link itself: the last one has no next. */
function PagerLink({ href, children }: { href: string; children: ReactNode }) {
  const keepFocus = useKeptFocus();
  return (
    <Button asChild variant="outline" size="sm">
      <Link href={href} onClick={(event) => keepFocus(event.currentTarget)}>
        {children}
      </Link>
    </Button>
  );
}

function PagerLine({ note, said, children }: { note?: ReactNode; said: string; children?: ReactNode }) {
  return (
    <nav aria-label="Pages" className="relative mt-3 flex flex-wrap items-center justify-between gap-2">
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
      <div className="text-muted-foreground text-xs">{note}</div>
      <div className="flex flex-wrap items-center gap-2">{children}</div>
    </nav>
  );
}

/** The link that makes its whole table row a target. Other controls in the row need `relative` to stay on top. */
export function RowLink({
  href,
  className,
  children,
}: {
  href: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Link
      href={href}
      className={cn(
        "rounded-sm font-medium after:absolute after:inset-0 hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:outline-offset-[-2px]",
        className,
      )}
    >
      {children}
      <LinkPending className="ml-2 inline" />
    </Link>
  );
}
