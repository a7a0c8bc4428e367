"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useLayoutEffect, useOptimistic, useTransition } from "react";
import { withQuery } from "@/components/shared/query-string";

/** The query that the filters of the page have asked for, until it is in the address. */
let onItsWay: string | null = null;

/**
 * Reads and writes the query of the address. A change of any filter goes back to the first page, because a cursor
 * belongs to the list it was cut from. What was set is read at once; `pending` until the page has it too. On a slow line
 * several filters are set before the page has the first: each adds to what the others have asked for.
 */
export function useUrlState(): {
  get: (name: string) => string;
  set: (changes: Readonly<Record<string, string>>) => void;
  pending: boolean;
} {
  const router = useRouter();
  const pathname = usePathname();
  const [query, show] = useOptimistic(useSearchParams().toString());
  const [pending, startTransition] = useTransition();

  // At once with the page, or with its being left: the next filter may be set before anything that runs after it is drawn.
  useLayoutEffect(() => {
    if (!pending) return;
    return () => {
      onItsWay = null;
    };
  }, [pending]);

  const set = useCallback(
    (changes: Readonly<Record<string, string>>) => {
      // The address itself: what a filter was drawn with is older for a moment while the page arrives.
      const next = withQuery(onItsWay ?? location.search, changes);
      onItsWay = next;
      startTransition(() => {
        show(next);
        router.replace(`${pathname}${next}`, { scroll: false });
      });
    },
    [pathname, router, show],
  );

  return { get: (name) => new URLSearchParams(query).get(name) ?? "", set, pending };
}
