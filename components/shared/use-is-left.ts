"use client";

import { usePathname } from "next/navigation";
import { useCallback, useLayoutEffect, useRef } from "react";
import { isOnTheWay } from "@/components/ui/on-the-way";

/**
 * Whether the part of the page that asked is gone, or its page is being left, for answers that come later than that: a
 * router that is told of another address meanwhile drops the page that is on its way.
 */
export function useIsLeft(): () => boolean {
  const pathname = usePathname();
  const page = useRef<string | null>(null);
  useLayoutEffect(() => {
    page.current = pathname;
    return () => {
      page.current = null;
    };
  }, [pathname]);
  return useCallback(() => page.current !== location.pathname || isOnTheWay(), []);
}
