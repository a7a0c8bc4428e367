import { z } from "zod";

export const PAGE_SIZE = 25;
export const MAX_PAGE_SIZE = 100;

/** One page of a list. `nextCursor` is null on the last one. */
export type Page<T> = { items: T[]; nextCursor: string | null };

/** Rows are ordered by a time-sorted id, so the id of the last row is the cursor. */
export const cursorInput = z.uuid("This page link is not valid.").optional();

/** Cuts the extra row that tells whether there is a next page. Ask the database for `limit + 1` rows. */
export function toPage<Row extends { id: string }>(rows: readonly Row[], limit: number): Page<Row> {
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** The rows of all pages of a list, page by page; each is read once it is asked for. */
export async function* everyPage<Row>(
  read: (cursor: string | undefined) => Promise<Page<Row>>,
): AsyncGenerator<Row[]> {
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    yield page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}

/** A page with its rows made into something else. */
export function mapPage<A, B>(page: Page<A>, change: (item: A) => B): Page<B> {
  return { items: page.items.map(change), nextCursor: page.nextCursor };
}
