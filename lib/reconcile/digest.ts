import { createHash } from "node:crypto";
import { type SQL, sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { ledgerDigests } from "@/db/schema/reconciliation";
import { firstIdAt } from "./check";

export type Totals = {
  /** `2026-11-26` */
  day: string;
  entries: number;
  tenantCost: string;
  platformCost: string;
  commission: string;
  content: string;
};

export type Digest = Totals & { previousHash: string; hash: string };

/** What the first day is chained to. */
const NO_HASH = "0".repeat(64);

/** SHA-256 over the hash of the day before and everything that is known of this one. */
function chained(previousHash: string, totals: Totals): string {
  const { day, entries, tenantCost, platformCost, commission, content } = totals;
  const text = [previousHash, day, entries, tenantCost, platformCost, commission, content].join("|");
  return createHash("sha256").update(text).digest("hex");
}

const e = ledgerEntries;

/** Sixty bits of a row: the sum of them does not depend on an order, and changes with every column. */
const ROW_SUM = sql<string>`sum(('x' || left(md5(concat_ws('|', ${e.id}, ${e.tenantId}, coalesce(${e.partnerId}::text, '-'),
  ${e.resourceType}, coalesce(${e.modelKey}, '-'), ${e.unit}, ${e.quantity}, ${e.platformCost}, ${e.tenantCost}, ${e.partnerCommission},
  ${e.entryType}, coalesce(${e.reversesId}::text, '-'), ${e.idempotencyKey}, ${e.systemRate}, ${e.tenantRate},
  extract(epoch from ${e.occurredAt}))), 15))::bit(60)::bigint)::text`;

/** The ledger by the day its rows were written, in order. */
async function totalsByDay(tx: Tx, where: SQL): Promise<Totals[]> {
  const { rows } = await tx.execute<Totals>(sql`
    select to_char(${e.createdAt} at time zone 'UTC', 'YYYY-MM-DD') as day, count(*)::int as entries,
      sum(${e.tenantCost})::numeric(18,6)::text as "tenantCost", sum(${e.platformCost})::numeric(18,6)::text as "platformCost",
      sum(${e.partnerCommission})::numeric(18,6)::text as commission, ${ROW_SUM} as content
    from ${e} where ${where} group by 1 order by 1`);
  return rows;
}

const HOUR_MS = 3_600_000;
const STATEMENT_MS = 28_000;

const listDigests = (tx: Tx): Promise<Digest[]> =>
  tx
    .select({
      day: ledgerDigests.day,
      entries: ledgerDigests.entries,
      tenantCost: ledgerDigests.tenantCost,
      platformCost: ledgerDigests.platformCost,
      commission: ledgerDigests.commission,
      content: ledgerDigests.content,
      previousHash: ledgerDigests.previousHash,
      hash: ledgerDigests.hash,
    })
    .from(ledgerDigests)
    .orderBy(ledgerDigests.day);

/**
 * Writes down what the ledger holds of each day that has been over for an hour and is not written down yet, each chained
 * to the one before. Days without rows have no digest.
 * @returns how many days were added
 */
export async function addDigests(now: Date): Promise<number> {
  const today = new Date(now.getTime() - HOUR_MS).toISOString().slice(0, 10);
  return asSystem(
    "reconcile",
    async (tx) => {
      const last = (await listDigests(tx)).at(-1);
      const after = last ? new Date(`${last.day}T00:00:00Z`) : new Date(0);
      const days = await totalsByDay(
        tx,
        sql`${e.id} >= ${firstIdAt(after)} and ${e.createdAt} >= ${after.toISOString()}::timestamptz
          and ${e.createdAt} < ${`${today}T00:00:00Z`}::timestamptz`,
      );
      let previousHash = last?.hash ?? NO_HASH;
      const added = days
        .filter(({ day }) => !last || day > last.day)
        .map((totals) => {
          const hash = chained(previousHash, totals);
          const digest = { ...totals, previousHash, hash };
          previousHash = hash;
          return digest;
        });
      if (added.length > 0) await tx.insert(ledgerDigests).values(added).onConflictDoNothing();
      return added.length;
    },
    { statementMs: STATEMENT_MS },
  );
}

/** Days whose rows, or whose place in the chain, are not what was written down of them. */
export async function brokenDigests(): Promise<{ day: string; problem: string }[]> {
  return asSystem(
    "reconcile",
    async (tx) => {
      const digests = await listDigests(tx);
      const last = digests.at(-1);
      if (!last) return [];
      const end = new Date(new Date(`${last.day}T00:00:00Z`).getTime() + 24 * HOUR_MS);
      const days = await totalsByDay(tx, sql`${e.createdAt} < ${end.toISOString()}::timestamptz`);
      return compareDigests(digests, days);
    },
    { statementMs: STATEMENT_MS },
  );
}

/** The same of what was read: pure. */
function compareDigests(
  digests: readonly Digest[],
  days: readonly Totals[],
): { day: string; problem: string }[] {
  const now = new Map(days.map((totals) => [totals.day, totals]));
  let previousHash = NO_HASH;
  const broken = digests.flatMap((digest) => {
    const isChained = digest.previousHash === previousHash && digest.hash === chained(previousHash, digest);
    previousHash = digest.hash;
    if (!isChained) return [{ day: digest.day, problem: "The digest itself was changed." }];
    const totals = now.get(digest.day);
    if (totals && chained(digest.previousHash, totals) === digest.hash) return [];
    const [had, has] = [digest.entries, totals?.entries ?? 0];
    const what = had === has ? "a row was changed" : `${has} rows are there instead of ${had}`;
    return [{ day: digest.day, problem: `Since it was written down, ${what}.` }];
  });
  const known = new Set(digests.map(({ day }) => day));
  const added = days
    .filter(({ day }) => !known.has(day))
    .map(({ day, entries }) => ({ day, problem: `${entries} rows came to a day that was over.` }));
  return [...broken, ...added];
}
