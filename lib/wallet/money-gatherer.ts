import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { type Gatherer, gather } from "@/db/gather";
import type { TenantScope } from "@/db/scope";
import { databaseTime } from "@/lib/clock";
import { type Micros, microsToNumeric } from "@/lib/money";
import { spendChanged } from "./changes";

/** What a hold is for; it decides which caps it counts in. */
export type HoldPlace = {
  readonly key: string;
  readonly stepId?: string | null;
  readonly executionId?: string | null;
  readonly rootExecutionId?: string | null;
  readonly agentId?: string | null;
};

type Settlement = {
  readonly key: string | null;
  readonly entries: readonly string[];
  readonly isGuarded: boolean;
  readonly end?: "expired";
};

type Item = { readonly tenantId: string } & (
  | { readonly settlement: Settlement }
  | { readonly hold: { readonly place: HoldPlace; readonly amount: Micros } }
  | { readonly lowered: { readonly key: string; readonly paid: Micros } }
);

type Answer = { is_low?: unknown; alerts?: unknown };

/** As the function takes them: the rows, the hold of each by its place among the holds, and what becomes of those. */
function listed(settlements: readonly Settlement[]) {
  const endings = new Map<string, string | null>();
  for (const { key, end } of settlements) if (key) endings.set(key, end ?? endings.get(key) ?? null);
  const keys = [...endings.keys()];
  const rows = settlements.flatMap(({ key, entries }) => entries.map((id) => ({ id, key })));
  return {
    entries: rows.map(({ id }) => id),
    entryKeys: rows.map(({ key }) => (key ? keys.indexOf(key) + 1 : 0)),
    keys,
    endings: [...endings.values()],
  };
}

/** Everything a transaction does to a tenant's wallet, in one call that leaves with the commit. */
const WALLET: Gatherer<Item> = {
  statement: () =>
    sql`select is_low, alerts from app.spend(${sql.placeholder("tenantId")}::uuid, ${sql.placeholder("entries")}::uuid[],
      ${sql.placeholder("entryKeys")}::integer[], ${sql.placeholder("keys")}::text[], ${sql.placeholder("endings")}::text[],
      ${sql.placeholder("holds")}::jsonb, ${sql.placeholder("isGuarded")}::boolean, ${databaseTime()})`,
  values(items) {
    const tenantId = items[0]?.tenantId;
    if (items.some((item) => item.tenantId !== tenantId)) throw new Error("one transaction, one wallet");
    const settlements = items.flatMap((item) => ("settlement" in item ? [item.settlement] : []));
    const lastSettled = new Map<string | null, number>();
    for (const [at, item] of items.entries())
      if ("settlement" in item) lastSettled.set(item.settlement.key, at);
    // What ends in the transaction that sets aside for it holds nothing: settlements come before holds.
    const isEnded = (key: string, at: number) => (lastSettled.get(key) ?? -1) > at;
    const holds = items.flatMap((item, at): unknown[] => {
      if ("lowered" in item) return [{ key: item.lowered.key, paid: microsToNumeric(item.lowered.paid) }];
      if (!("hold" in item) || isEnded(item.hold.place.key, at)) return [];
      const { place, amount } = item.hold;
      return [{ key: place.key, amount: microsToNumeric(amount), place }];
    });
    const isGuarded = settlements.every(({ key, isGuarded }) => key !== null || isGuarded);
    return { tenantId, ...listed(settlements), holds: JSON.stringify(holds), isGuarded };
  },
  lane: (items) => items[0]?.tenantId ?? "",
  done(rows, items) {
    const { is_low, alerts } = (rows[0] ?? {}) as Answer;
    const tenantId = items[0]?.tenantId;
    if (tenantId && (is_low === true || Number(alerts ?? 0) > 0))
      spendChanged({ tenantId, isLow: is_low === true });
  },
};

/** Sets an amount aside until it is settled or released; the hold that is there under the key is changed to it. */
export function hold(tx: Tx, scope: TenantScope, place: HoldPlace, amount: Micros): void {
  gather(tx, WALLET, { tenantId: scope.tenantId, hold: { place, amount } });
}

/**
 * Pays for ledger rows of this transaction, and ends the hold they were expected under. Without a hold, `isGuarded`
 * refuses what is not there instead of leaving a debt.
 */
export function charge(
  tx: Tx,
  scope: TenantScope,
  {
    entryIds,
    holdKey,
    isGuarded,
  }: { entryIds: readonly string[]; holdKey: string | null; isGuarded: boolean },
): void {
  gather(tx, WALLET, {
    tenantId: scope.tenantId,
    settlement: { key: holdKey, entries: entryIds, isGuarded: isGuarded && holdKey === null },
  });
}

/** What was set aside under the key is less by what was paid for of it before it ends: it does not count twice. */
export function lower(tx: Tx, scope: TenantScope, key: string, paid: Micros): void {
  if (paid > 0n) gather(tx, WALLET, { tenantId: scope.tenantId, lowered: { key, paid } });
}

/** Gives back what was set aside for something that used nothing. */
export function release(tx: Tx, scope: TenantScope, holdKey: string, end?: "expired"): void {
  const settlement = { key: holdKey, entries: [], isGuarded: false, ...(end ? { end } : {}) };
  gather(tx, WALLET, { tenantId: scope.tenantId, settlement });
}
