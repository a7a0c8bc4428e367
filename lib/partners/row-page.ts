/** How many rows of a month's figures a page shows. */
const ROWS_SHOWN = 100;

export type RowPage<T> = {
  rows: readonly T[];
  /** The key of the last of them; null when there are no more. */
  nextCursor: string | null;
  /** Which they are of how many: `101 to 200 of 480`; null when all are shown. */
  range: string | null;
};

/** The rows after the one whose key is the cursor; the first ones when there is no such row any more. */
export function pageOfRows<T>(
  all: readonly T[],
  keyOf: (row: T) => string,
  cursor: string | undefined,
  limit = ROWS_SHOWN,
): RowPage<T> {
  const from = cursor === undefined ? 0 : all.findIndex((row) => keyOf(row) === cursor) + 1;
  const rows = all.slice(from, from + limit);
  const last = rows.at(-1);
  const hasMore = from + limit < all.length;
  return {
    rows,
    nextCursor: hasMore && last !== undefined ? keyOf(last) : null,
    range: rows.length < all.length ? `${from + 1} to ${from + rows.length} of ${all.length}` : null,
  };
}
