/**
 * Characters of a text times those of what is looked for in it. The engine's own search compares them all with each other
 * when they are nearly alike everywhere; so many take about a tenth of a second, in which nothing else is done.
 */
const MOST_COMPARED = 1_000_000_000;

export const SOUGHT_TOO_LONG = "What is looked for is too long for a text of this length.";

/** Whether one text may be looked for in another. */
export function isSearchable(chars: number, sought: number): boolean {
  return chars * sought <= MOST_COMPARED;
}
