"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useOptimistic, useTransition } from "react";
import { withQuery } from "@/components/shared/query-string";

/**
 * Reads and writes the query of the address. A change of any filter goes back to the first page, because a cursor
 * belongs to the list it was cut from. What was set is read at once; `pending` until the page has it too.
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

  const set = useCallback(
    (changes: Readonly<Record<string, string>>) => {
      const next = withQuery(query, changes);
      startTransition(() => {
        show(next);
        router.replace(`${pathname}${next}`, { scroll: false });
      });
    },
    [query, pathname, router, show],
  );

  return { get: (name) => new URLSearchParams(query).get(name) ?? "", set, pending };
}
