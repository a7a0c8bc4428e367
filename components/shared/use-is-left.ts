"use client";

import { type RefObject, useLayoutEffect, useRef } from "react";

/** Whether the part of the page that asked is gone, for answers that come later than that. */
export function useIsLeft(): RefObject<boolean> {
  const isLeft = useRef(false);
  useLayoutEffect(() => {
    isLeft.current = false;
    return () => {
      isLeft.current = true;
    };
  }, []);
  return isLeft;
}
