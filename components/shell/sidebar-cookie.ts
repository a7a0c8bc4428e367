/** Remembers whether the menu is narrow, so that the server draws it that way at once. */
export const SIDEBAR_COOKIE = "sidebar";
