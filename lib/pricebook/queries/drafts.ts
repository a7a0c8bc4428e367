import "server-only";
import { and, desc, lt, sql } from "drizzle-orm";
import { priceBookDraftRates, priceBookDrafts } from "@/db/schema/price-books";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import { changesAt, earliestStart } from "../book";
import type { ListDraftsInput } from "../input";
import { type DraftRow, draftRows } from "../rows";
import { asBook, bookOf, DRAFT, ofBook, readDraft, readLists, type StoredDraft, withdrawnOf } from "../store";
import { thingKey } from "../thing";

export type DraftListRow = StoredDraft & { prices: number };

/** The drafts of a book, newest first. */
export async function listDrafts(
  scope: PartnerScope | PlatformScope,
  { cursor }: ListDraftsInput,
): Promise<Page<DraftListRow>> {
  authorize(scope, "price_draft.read");
  const rows = await asBook(scope, (tx) =>
    tx
      .select({
        ...DRAFT,
        prices: sql<number>`(select count(*)::int from ${priceBookDraftRates} r where r.draft_id = price_book_drafts.id)`,
      })
      .from(priceBookDrafts)
      .where(and(ofBook(scope), cursor ? lt(priceBookDrafts.id, cursor) : undefined))
      .orderBy(desc(priceBookDrafts.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(rows, PAGE_SIZE);
}

export type DraftView = StoredDraft & {
  rows: DraftRow[];
  /** The prices made of it that were withdrawn, by id. */
  withdrawn: ReadonlySet<string>;
  /** The things whose price would change if it began at the earliest moment. */
  changes: string[];
  /** When it may begin at the earliest; null for now. */
  earliest: Date | null;
};

/** A draft beside the prices of today. @throws AppError `not_found`, also for another partner's */
export async function getDraft(
  scope: PartnerScope | PlatformScope,
  draftId: string,
  now = new Date(),
): Promise<DraftView> {
  authorize(scope, "price_draft.read");
  return asBook(scope, async (tx) => {
    const { draft, rates } = await readDraft(tx, scope, draftId);
    const lists = await readLists(tx, scope, now);
    const book = { partnerId: bookOf(scope), rates };
    const earliest = earliestStart(book, lists, now);
    const withdrawn = await withdrawnOf(tx, scope, rates);
    return {
      ...draft,
      rows: draftRows(lists, book, now),
      withdrawn,
      changes: changesAt(book, lists, earliest ?? now).map(thingKey),
      earliest,
    };
  });
}
