"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useTransition } from "react";
import { withQuery } from "@/components/shared/query-string";

/**
 * Reads and writes the query of the address. A change of any filter goes back to the first page, because a cursor
 * belongs to the list it was cut from.
 */
export function useUrlState(): {
  get: (name: string) => string;
  set: (changes: Readonly<Record<string, string>>) => void;
  pending: boolean;
} {
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const [pending, startTransition] = useTransition();

  const set = useCallback(
    (changes: Readonly<Record<string, string>>) => {
      const query = withQuery(params.toString(), changes);
      startTransition(() => router.replace(`${pathname}${query}`, { scroll: false }));
    },
    [params, pathname, router],
  );

  return { get: (name) => params.get(name) ?? "", set, pending };
}
