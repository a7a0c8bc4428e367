import "server-only";
import { createHash } from "node:crypto";
import { and, eq, lt, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { rateLimits } from "@/db/schema/auth";
import { lastTogether } from "@/db/statements";
import { AppError } from "@/lib/errors";
import type { Limit } from "./limits";

/** One limit and whom it is counted against: an address, an e-mail, a user id. */
export type Charge = { readonly limit: Limit; readonly subject: string };

/** The subject is hashed: the table shows neither e-mails nor addresses, and no key is too long. */
function keyOf({ limit, subject }: Charge): string {
  return `${limit.name}:${createHash("sha256").update(subject).digest("base64url")}`;
}

function windowStart(seconds: unknown) {
  return sql`to_timestamp(floor(extract(epoch from now()) / ${seconds}::numeric) * ${seconds}::numeric)`;
}

type Counted = { readonly count: number; readonly waitMs: string };

const countOne = madeOnce<{ key: string; seconds: number }, Counted[]>((tx) => {
  const seconds = sql.placeholder("seconds");
  const start = windowStart(seconds);
  return tx
    .insert(rateLimits)
    .values({
      key: sql`${sql.placeholder("key")}`,
      windowStart: start,
      count: 1,
      expiresAt: sql`${start} + make_interval(secs => ${seconds}::numeric::float8)`,
    })
    .onConflictDoUpdate({
      target: [rateLimits.key, rateLimits.windowStart],
      set: { count: sql`${rateLimits.count} + 1` },
    })
    .returning({
      count: rateLimits.count,
      waitMs: sql<string>`ceil(extract(epoch from (${rateLimits.expiresAt} - now())) * 1000)`,
    });
});

/**
 * Counts one try against each limit, in order, and stops at the first that is used up: what a narrow limit already
 * refuses does not use up a wider one, so nobody can lock another person out from one address.
 * @throws AppError `rate_limited` with `retryAfterMs`; any database error passes, so callers fail closed
 */
export async function consume(charges: readonly Charge[]): Promise<void> {
  const refusal = await asSystem("rate-limit", async (tx) => {
    for (const [at, charge] of charges.entries()) {
      const counting = countOne(tx, { key: keyOf(charge), seconds: charge.limit.windowMs / 1000 });
      const isLast = at === charges.length - 1;
      const [row] = isLast ? (await lastTogether(tx, [counting]))[0] : await counting.execute();
      if (!row || row.count > charge.limit.max) return { retryAfterMs: Number(row?.waitMs ?? 1000) };
    }
    return null;
  });
  if (refusal) {
    throw new AppError("rate_limited", "Too many attempts.", { retryAfterMs: refusal.retryAfterMs });
  }
}

/** Gives one try back: it turned out to be legitimate. */
export async function refund(charges: readonly Charge[]): Promise<void> {
  await asSystem("rate-limit", async (tx) => {
    for (const charge of charges) {
      await tx
        .update(rateLimits)
        .set({ count: sql`greatest(${rateLimits.count} - 1, 0)` })
        .where(
          and(
            eq(rateLimits.key, keyOf(charge)),
            eq(rateLimits.windowStart, windowStart(charge.limit.windowMs / 1000)),
          ),
        );
    }
  });
}

/** Forgets all tries counted against a subject, such as an account whose owner just proved the e-mail. */
export async function forget(charge: Charge): Promise<void> {
  await asSystem("rate-limit", (tx) => tx.delete(rateLimits).where(eq(rateLimits.key, keyOf(charge))));
}

/** Deletes counters of windows that are over. */
export async function purgeExpiredLimits(): Promise<void> {
  await asSystem("rate-limit", (tx) => tx.delete(rateLimits).where(lt(rateLimits.expiresAt, sql`now()`)));
}
