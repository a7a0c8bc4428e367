"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useEffect, useOptimistic, useTransition } from "react";
import { withQuery } from "@/components/shared/query-string";

/** The query that the filters of a page have asked for and that is not in the address yet, and what it was made of. */
let onItsWay: { pathname: string; from: string; query: string } | null = null;

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
  const from = useSearchParams().toString();
  const [query, show] = useOptimistic(from);
  const [pending, startTransition] = useTransition();

  useEffect(() => {
    if (onItsWay && (onItsWay.pathname !== pathname || onItsWay.from !== from)) onItsWay = null;
    return () => {
      onItsWay = null;
    };
  }, [pathname, from]);

  const set = useCallback(
    (changes: Readonly<Record<string, string>>) => {
      const next = withQuery(onItsWay?.query ?? from, changes);
      onItsWay = { pathname, from, query: next };
      startTransition(() => {
        show(next);
        router.replace(`${pathname}${next}`, { scroll: false });
      });
    },
    [from, pathname, router, show],
  );

  return { get: (name) => new URLSearchParams(query).get(name) ?? "", set, pending };
}
