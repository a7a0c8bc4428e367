"use client";

import { useRef } from "react";

/**
 * The idempotency key of a request: the same for as long as the same is asked for, so that a second try after a broken
 * connection starts nothing twice. `renew` is called once it was granted: asking again is then another request.
 */
export function useRequestKey(): { keyFor: (request: unknown) => string; renew: () => void } {
  const last = useRef<{ request: string; key: string } | null>(null);
  return {
    keyFor(request) {
      const asked = JSON.stringify(request);
      if (last.current?.request !== asked) last.current = { request: asked, key: crypto.randomUUID() };
      return last.current.key;
    },
    renew() {
      last.current = null;
    },
  };
}
