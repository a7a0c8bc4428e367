import { useEffect, useState } from "react";

/** How many pages lie before one: from the first one of the list on, or else from the one that was opened. */
type Place = { readonly before: number; readonly isFromFirst: boolean };

const FIRST: Place = { before: 0, isFromFirst: true };
const OPENED: Place = { before: 0, isFromFirst: false };

function nameOf({ before, isFromFirst }: Place): string {
  if (isFromFirst) return `Page ${before + 1}`;
  if (before === 0) return "Another page";
  return before === 1 ? "1 page further on" : `${before} pages further on`;
}

/**
 * What is said of the page of a list that is there now, to who cannot see it change: nothing of the one that was opened.
 * @param query the query of this page
 * @param next that of the page after it; null on the last one
 */
export function usePageSaid(query: string, next: string | null): string {
  const [places] = useState(() => new Map<string, Place>());
  const cursor = new URLSearchParams(query).get("cursor");
  const [shown, setShown] = useState({ cursor, hasMoved: false });
  if (shown.cursor !== cursor) setShown({ cursor, hasMoved: true });
  const place = cursor ? (places.get(query) ?? OPENED) : FIRST;
  useEffect(() => {
    if (next) places.set(next, { ...place, before: place.before + 1 });
  }, [places, place, next]);
  if (!shown.hasMoved) return "";
  return next ? nameOf(place) : `${nameOf(place)}, the last one`;
}
