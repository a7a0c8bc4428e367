import { AppRouterContext } from "next/dist/shared/lib/app-router-context.shared-runtime";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";

const NOWHERE = {
  back() {},
  forward() {},
  refresh() {},
  push() {},
  replace() {},
  prefetch() {},
  bfcacheId: "",
};

/** What the server draws of a part of a page that may lead elsewhere, as HTML. */
export function drawn(part: ReactNode): string {
  return renderToStaticMarkup(<AppRouterContext value={NOWHERE}>{part}</AppRouterContext>);
}
