import "server-only";
import { and, asc, eq, gt, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import { asPartner, asPlatform, type Tx } from "@/db/access";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { priceBookDraftRates, priceBookDrafts } from "@/db/schema/price-books";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import type { Rate } from "@/lib/metering/pricing";
import { microsFromNumeric } from "@/lib/money";
import { assertUnchanged, type Seen } from "@/lib/seen";
import type { DraftRate, Lists } from "./book";

/** Whose prices: a partner's own, or without one the base prices. */
export function bookOf(scope: PartnerScope | PlatformScope): string | null {
  return scope.kind === "partner" ? scope.partnerId : null;
}

export function asBook<T>(scope: PartnerScope | PlatformScope, work: (tx: Tx) => Promise<T>): Promise<T> {
  return scope.kind === "partner" ? asPartner(scope, work) : asPlatform(scope, work);
}

/** Drafts of this book. */
export function ofBook(scope: PartnerScope | PlatformScope): SQL | undefined {
  return scope.kind === "partner"
    ? eq(priceBookDrafts.partnerId, scope.partnerId)
    : isNull(priceBookDrafts.partnerId);
}

export type StoredDraft = Pick<
  typeof priceBookDrafts.$inferSelect,
  "id" | "name" | "status" | "effectiveFrom" | "scheduledAt" | "createdAt" | "updatedAt"
> & {
  /** Whether every price that was made of it was withdrawn before it began. */
  isWithdrawn: boolean;
};

export type StoredRate = DraftRate & { id: string; madeRateId: string | null };

/** Of prices of the platform and of partners alike: the rates of a draft are of its own book. */
const isWithdrawn = sql<boolean>`exists (
    select from ${priceBookDraftRates} r where r.draft_id = price_book_drafts.id and r.made_rate_id is not null)
  and not exists (
    select from ${priceBookDraftRates} r
    left join system_rates base on base.id = r.made_rate_id
    left join partner_rates own on own.id = r.made_rate_id
    where r.draft_id = price_book_drafts.id and coalesce(base.is_active, own.is_active))`;

export const DRAFT = {
  id: priceBookDrafts.id,
  name: priceBookDrafts.name,
  status: priceBookDrafts.status,
  effectiveFrom: priceBookDrafts.effectiveFrom,
  scheduledAt: priceBookDrafts.scheduledAt,
  createdAt: priceBookDrafts.createdAt,
  updatedAt: priceBookDrafts.updatedAt,
  isWithdrawn,
} as const;

/** A draft of this book with its prices. @throws AppError `not_found`, also for another's */
export async function readDraft(
  tx: Tx,
  scope: PartnerScope | PlatformScope,
  draftId: string,
  options: { isLocked?: boolean } = {},
): Promise<{ draft: StoredDraft; rates: StoredRate[] }> {
  const missing = () => new AppError("not_found", "This draft does not exist.");
  if (!isId(draftId)) throw missing();
  const query = tx
    .select(DRAFT)
    .from(priceBookDrafts)
    .where(and(ofBook(scope), eq(priceBookDrafts.id, draftId)));
  const [draft] = options.isLocked ? await query.for("update") : await query;
  if (!draft) throw missing();
  const rates = await tx
    .select({
      id: priceBookDraftRates.id,
      resourceType: priceBookDraftRates.resourceType,
      unit: priceBookDraftRates.unit,
      modelKey: priceBookDraftRates.modelKey,
      rate: priceBookDraftRates.rate,
      madeRateId: priceBookDraftRates.madeRateId,
    })
    .from(priceBookDraftRates)
    .where(eq(priceBookDraftRates.draftId, draftId))
    .orderBy(asc(priceBookDraftRates.resourceType), sql`${priceBookDraftRates.modelKey} nulls first`);
  return {
    draft,
    rates: rates.map(({ rate, ...rest }) => ({ ...rest, rateMicros: microsFromNumeric(rate) })),
  };
}

/** Of the prices that were made of a draft, those that were withdrawn before they began. */
export async function withdrawnOf(
  tx: Tx,
  scope: PartnerScope | PlatformScope,
  rates: readonly StoredRate[],
): Promise<Set<string>> {
  const made = rates.flatMap(({ madeRateId }) => madeRateId ?? []);
  if (made.length === 0) return new Set();
  const table = scope.kind === "partner" ? partnerRates : systemRates;
  const gone = await tx
    .select({ id: table.id })
    .from(table)
    .where(and(inArray(table.id, made), eq(table.isActive, false)));
  return new Set(gone.map(({ id }) => id));
}

/**
 * The same to change it: whoever changes it too waits.
 * @throws AppError `not_found`; `conflict` once it is scheduled, or when it was changed after `seen`
 */
export async function lockDraft(
  tx: Tx,
  scope: PartnerScope | PlatformScope,
  draftId: string,
  seen?: Seen,
): Promise<{ draft: StoredDraft; rates: StoredRate[] }> {
  const found = await readDraft(tx, scope, draftId, { isLocked: true });
  if (found.draft.status !== "draft")
    throw new AppError("conflict", "This draft is scheduled: it stays as it was. Make a new one.", {
      reason: "scheduled",
    });
  assertUnchanged("draft", found.draft.updatedAt, seen);
  return found;
}

const columnsOf = (table: typeof systemRates | typeof partnerRates) => ({
  id: table.id,
  resourceType: table.resourceType,
  unit: table.unit,
  modelKey: table.modelKey,
  rate: table.rate,
  effectiveFrom: table.effectiveFrom,
  effectiveTo: table.effectiveTo,
});

const notOver = (table: typeof systemRates | typeof partnerRates, now: Date) =>
  and(eq(table.isActive, true), or(isNull(table.effectiveTo), gt(table.effectiveTo, now)));

const asRate = ({ rate, ...rest }: Omit<Rate, "rateMicros"> & { rate: string }): Rate => ({
  ...rest,
  rateMicros: microsFromNumeric(rate),
});

/** The price lists in force and scheduled: for a partner with its own prices, for the platform with every partner's. */
export async function readLists(tx: Tx, scope: PartnerScope | PlatformScope, now: Date): Promise<Lists> {
  const system = await tx.select(columnsOf(systemRates)).from(systemRates).where(notOver(systemRates, now));
  const own = await tx
    .select({ ...columnsOf(partnerRates), partnerId: partnerRates.partnerId })
    .from(partnerRates)
    .where(
      and(
        scope.kind === "partner" ? eq(partnerRates.partnerId, scope.partnerId) : undefined,
        notOver(partnerRates, now),
      ),
    );
  const partners = new Map<string, Rate[]>();
  for (const { partnerId, ...rate } of own)
    partners.set(partnerId, [...(partners.get(partnerId) ?? []), asRate(rate)]);
  return { system: system.map(asRate), partners };
}
