"use client";

import { createContext, type ReactNode, useContext, useState } from "react";

const NonceContext = createContext<string | undefined>(undefined);

/**
 * Hands the page's Content-Security-Policy nonce to the few parts that write their own `<style>`. The nonce of the
 * load holds until the next one: what the server renders again later carries another, which the browser refuses.
 */
export function NonceProvider({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  const [loaded] = useState(nonce);
  // Radix locks scrolling behind a dialog with a style element and looks for its nonce under this global.
  if (typeof window !== "undefined" && loaded) Object.assign(globalThis, { __webpack_nonce__: loaded });
  return <NonceContext value={loaded}>{children}</NonceContext>;
}

export function useNonce(): string | undefined {
  return useContext(NonceContext);
}
