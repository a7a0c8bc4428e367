import "server-only";
import { and, eq, gt, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import type { Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { tenantPartnerHistory as history } from "@/db/schema/partner-money";
import type { TenantScope } from "@/db/scope";
import { type Statement, together } from "@/db/statements";
import { databaseTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { assertModelActive } from "@/lib/models/queries";
import { microsFromNumeric } from "@/lib/money";
import { holderAt } from "@/lib/tenants/holder";
import { type PricedThing, type Rate, type RatePair, resolveRates } from "./pricing";
import { RESOURCES, type ResourceType } from "./resources";

/** A resource a piece of work will use, with the model for those priced by model. */
export type Need = { readonly resourceType: ResourceType; readonly modelKey: string | null };

/** Prices of one instant. `partnerId`: who held the tenant then; null without a partner. */
export type PriceLists = {
  readonly system: readonly Rate[];
  readonly partner: readonly Rate[];
  readonly partnerId: string | null;
};

/** What a need is priced as: the unit comes from the table of resources, a model only where prices differ by model. */
export function thingOf(need: Need): PricedThing {
  const { unit, isPerModel } = RESOURCES[need.resourceType];
  return { resourceType: need.resourceType, unit, modelKey: isPerModel ? need.modelKey : null };
}

/**
 * The prices at an instant: the platform's, and those of the partner that held the tenant then. Needs a worker's
 * transaction.
 */
export async function pricesAt(
  tx: Tx,
  scope: TenantScope,
  resources: readonly ResourceType[],
  at: Date,
): Promise<PriceLists> {
  return priceLists(await together(tx, priceStatements(tx, scope, resources, at)));
}

type PriceRow = { [K in keyof Omit<Rate, "rateMicros"> | "rate"]: (Rate & { rate: string })[K] | null } & {
  /** Whether the row is of the tenant's holder: there is always one, also without a price. */
  isHolders: boolean;
  partnerId: string | null;
};

/** The present of the database, in place of a time of this process. */
export const NOW = "now";

/** What reads these prices, to be sent together with other statements: one, whoever holds the tenant. */
export function priceStatements(
  tx: Tx,
  scope: TenantScope,
  resources: readonly ResourceType[],
  at: Date | typeof NOW,
): Statement<PriceRow[]>[] {
  if (resources.length === 0) return [];
  const wanted = { tenantId: scope.tenantId, resources: [...new Set(resources)] };
  return [at instanceof Date ? pricesOfThen(tx, { ...wanted, at }) : pricesOfNow(tx, wanted)];
}

type Wanted = { tenantId: string; resources: ResourceType[] };

const pricesOfNow = madeOnce<Wanted, PriceRow[]>((tx) => selectPrices(tx, databaseTime()));
const pricesOfThen = madeOnce<Wanted & { at: Date }, PriceRow[]>((tx) =>
  selectPrices(tx, sql<Date>`${sql.placeholder("at")}::timestamptz`),
);

function selectPrices(tx: Tx, at: SQL<Date>) {
  const inForce = (table: typeof systemRates | typeof partnerRates) =>
    and(
      sql`${table.resourceType} = any(${sql.placeholder("resources")}::varchar[])`,
      eq(table.isActive, true),
      lte(table.effectiveFrom, at),
      or(isNull(table.effectiveTo), gt(table.effectiveTo, at)),
    );
  const system = tx
    .select({
      isHolders: sql<boolean>`false`,
      partnerId: sql<string | null>`null::uuid`,
      ...columnsOf(systemRates),
    })
    .from(systemRates)
    .where(inForce(systemRates));
  const holders = tx
    .select({
      isHolders: sql<boolean>`true`,
      partnerId: sql<string | null>`${history.partnerId}`,
      ...columnsOf(partnerRates),
    })
    .from(history)
    .leftJoin(partnerRates, and(eq(partnerRates.partnerId, history.partnerId), inForce(partnerRates)))
    .where(holderAt(sql.placeholder("tenantId"), at));
  return unionAll(system, holders as unknown as typeof system);
}

/** The answers of `priceStatements`. */
export function priceLists([rows = []]: readonly PriceRow[][]): PriceLists {
  const holder = rows.find((row) => row.isHolders);
  if (!holder && rows.length > 0) throw new Error("nobody holds the tenant at this time");
  const partnerId = holder?.partnerId ?? null;
  const rates = rows.flatMap((row) => {
    const rate = asRate(row);
    return rate ? [{ rate, isHolders: row.isHolders }] : [];
  });
  return {
    system: rates.flatMap(({ rate, isHolders }) => (isHolders ? [] : [rate])),
    partner: rates.flatMap(({ rate, isHolders }) => (isHolders ? [rate] : [])),
    partnerId,
  };
}

function asRate({
  id,
  resourceType,
  unit,
  modelKey,
  rate,
  effectiveFrom,
  effectiveTo,
}: PriceRow): Rate | null {
  if (id === null || resourceType === null || unit === null || rate === null || effectiveFrom === null)
    return null;
  return {
    id,
    resourceType,
    unit,
    modelKey,
    rateMicros: microsFromNumeric(rate),
    effectiveFrom,
    effectiveTo,
  };
}

/** Whether two readings of prices came to the same: a price never changes, but it may end. */
export function isSameLists(one: PriceLists, other: PriceLists): boolean {
  const names = (rates: readonly Rate[]) =>
    rates
      .map(({ id, effectiveTo }) => `${id}:${effectiveTo?.getTime()}`)
      .sort()
      .join();
  const isSameHolder = one.partnerId === other.partnerId;
  return (
    isSameHolder && names(one.system) === names(other.system) && names(one.partner) === names(other.partner)
  );
}

function columnsOf(table: typeof systemRates | typeof partnerRates) {
  const { id, resourceType, unit, modelKey, rate, effectiveFrom, effectiveTo } = table;
  return { id, resourceType, unit, modelKey, rate, effectiveFrom, effectiveTo };
}

/** Work without a price is refused before it starts: usage is never free by accident. */
function missingRate(need: Need): AppError {
  const { label } = RESOURCES[need.resourceType];
  const what =
    need.modelKey === null ? label.toLowerCase() : `${label.toLowerCase()} of the model ${need.modelKey}`;
  return new AppError(
    "precondition",
    `There is no price for ${what}, so this cannot run. An administrator of the platform has to set one.`,
    { reason: "rate_missing" },
  );
}

/** Both prices of one need. @throws AppError `precondition`, reason `rate_missing` */
export function requireRates(lists: PriceLists, need: Need, at: Date): RatePair {
  const pair = resolveRates(lists, thingOf(need), at);
  if (!pair) throw missingRate(need);
  return pair;
}

/**
 * Checks that everything a piece of work will use has a price at `at`, and gives the lists that say so. Needs a worker's
 * transaction.
 * @throws AppError `precondition`, reason `rate_missing`, naming the resource and the model, or `model_unavailable`
 */
export async function assertPriced(
  tx: Tx,
  scope: TenantScope,
  needs: readonly Need[],
  at: Date,
): Promise<PriceLists> {
  const lists = await pricesAt(
    tx,
    scope,
    needs.map((need) => need.resourceType),
    at,
  );
  await requireAll(tx, lists, needs, at);
  return lists;
}

const OF_TEXT_MODELS: ReadonlySet<ResourceType> = new Set(["text_tokens_input", "text_tokens_output"]);

/**
 * Refuses when something of this has no price. A model that has been retired is not waiting for one, so that is said.
 * @throws AppError `precondition`, reasons `rate_missing`, `model_unavailable`
 */
export async function requireAll(tx: Tx, lists: PriceLists, needs: readonly Need[], at: Date): Promise<void> {
  const need = needs.find((each) => !resolveRates(lists, thingOf(each), at));
  if (!need) return;
  if (need.modelKey !== null && OF_TEXT_MODELS.has(need.resourceType)) {
    await assertModelActive(tx, need.modelKey);
  }
  throw missingRate(need);
}
