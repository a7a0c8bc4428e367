/** Remembers how wide somebody left the menu, so that the server draws it that way at once. */
export const SIDEBAR_COOKIE = "sidebar";

const WIDTHS = ["open", "collapsed"] as const;

export type SidebarWidth = (typeof WIDTHS)[number];

/** The width that a cookie names, or null where nobody has chosen one. */
export function sidebarWidth(cookie: string | undefined): SidebarWidth | null {
  return WIDTHS.find((width) => width === cookie) ?? null;
}
