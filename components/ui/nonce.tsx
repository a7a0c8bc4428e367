"use client";

import { createContext, type ReactNode, useContext } from "react";

const NonceContext = createContext<string | undefined>(undefined);

/** Hands the page's Content-Security-Policy nonce to the few parts that write their own `<style>`. */
export function NonceProvider({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  // Radix locks scrolling behind a dialog with a style element and looks for its nonce under this global.
  if (typeof window !== "undefined" && nonce) Object.assign(globalThis, { __webpack_nonce__: nonce });
  return <NonceContext value={nonce}>{children}</NonceContext>;
}

export function useNonce(): string | undefined {
  return useContext(NonceContext);
}
