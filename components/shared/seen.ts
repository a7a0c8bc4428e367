import { isOnTheWay } from "@/components/ui/on-the-way";

const CLOSING = "[role='dialog'][data-state='closed'], [role='alertdialog'][data-state='closed']";

/** Whether what is said in a part of the page can be seen: not while its dialog closes, nor once it is gone. */
export function isSeen(part: Element | null): boolean {
  return part !== null && part.closest(CLOSING) === null;
}

/** Remembers the page. @returns whether it is still the one that is open, and not being left */
export function rememberPage(): () => boolean {
  const { pathname } = location;
  return () => location.pathname === pathname && !isOnTheWay();
}
