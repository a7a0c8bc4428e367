import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { partners } from "@/db/schema/auth";
import { partnerAccounts, partnerPayouts } from "@/db/schema/partner-money";
import type { PlatformScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { type Period, previousMonth } from "@/lib/billing/period";
import { databaseTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { microsToNumeric } from "@/lib/money";
import { jobTime } from "@/lib/present-time";
import { keptForPromises, lockPromises } from "../promises";
import { DEFAULT_MINIMUM_CENTS, earnedUntil, payoutOf } from "../rules";
import { carriedOver, pinPayable } from "../sources";

const JOB: AuditActor = { actor: { kind: "job", name: "draft-payouts" } };

/** Pinning a month of usage of a large partner reads and writes all of its rows at once. */
const STATEMENT_MS = 25_000;

/** Ends the transaction without anything written: what was earned stays for another month. */
class HeldBack extends Error {}

/** One payout of what may be paid for a month, or null: there is one already, or it is less than the minimum. */
async function draftOne(
  by: PlatformScope | AuditActor,
  partnerId: string,
  { start, end }: Period,
): Promise<string | null> {
  try {
    return await asSystem(
      "draft-payout",
      async (tx) => {
        const id = newId();
        const made = await tx
          .insert(partnerPayouts)
          .values({ id, partnerId, periodStart: start, periodEnd: end })
          .onConflictDoNothing()
          .returning({ id: partnerPayouts.id });
        if (made.length === 0) return null;
        const [account] = await tx
          .select({ minimumCents: partnerAccounts.minimumCents })
          .from(partnerAccounts)
          .where(eq(partnerAccounts.partnerId, partnerId));
        await lockPromises(tx, partnerId);
        // Read first: what is used of a promise from here on is kept, whether or not its charge is among what is pinned.
        const kept = await keptForPromises(tx, partnerId);
        const gross = await pinPayable(tx, { id, partnerId, until: earnedUntil(end), at: databaseTime() });
        const carryIn = await carriedOver(tx, partnerId);
        const payout = payoutOf(gross, carryIn, account?.minimumCents ?? DEFAULT_MINIMUM_CENTS, kept);
        if (!payout) throw new HeldBack();
        await tx
          .update(partnerPayouts)
          .set({
            gross: microsToNumeric(gross),
            carryIn: microsToNumeric(carryIn),
            carryOut: microsToNumeric(payout.carryOut),
            amountCents: payout.amountCents,
          })
          .where(eq(partnerPayouts.id, id));
        await audit(tx, by, {
          action: "payout.draft",
          targetType: "payout",
          targetId: id,
          partnerId,
          after: {
            amountCents: payout.amountCents.toString(),
            ...(kept > 0n ? { keptForPromises: microsToNumeric(kept) } : {}),
            periodEnd: end.toISOString(),
          },
        });
        return id;
      },
      { statementMs: STATEMENT_MS },
    );
  } catch (error) {
    if (error instanceof HeldBack) return null;
    throw error;
  }
}

/** Partners for whom nothing was drafted for a month; with `again`, also those whose draft was cancelled. */
async function partnersWithout(periodEnd: Date, again: boolean): Promise<string[]> {
  const rows = await asSystem("draft-payout", (tx) =>
    tx
      .select({ id: partners.id })
      .from(partners)
      .where(
        sql`not exists ${tx
          .select({ one: sql`1` })
          .from(partnerPayouts)
          .where(
            and(
              eq(partnerPayouts.partnerId, partners.id),
              eq(partnerPayouts.periodEnd, periodEnd),
              again ? sql`${partnerPayouts.status} <> 'cancelled'` : undefined,
            ),
          )}`,
      )
      .orderBy(partners.id),
  );
  return rows.map(({ id }) => id);
}

async function draftAll(by: PlatformScope | AuditActor, now: Date, again: boolean): Promise<string[]> {
  const period = previousMonth(now);
  const drafted: string[] = [];
  for (const partnerId of await partnersWithout(period.end, again)) {
    const id = await draftOne(by, partnerId, period);
    if (id) drafted.push(id);
  }
  return drafted;
}

/**
 * Drafts the payouts of the month that is over, one for each partner who earned enough: everything earned thirty days
 * before its end that is in no payout yet. Asking again drafts nothing twice.
 * @returns the ids of the new drafts
 */
export async function draftPayouts(now?: Date): Promise<string[]> {
  return draftAll(JOB, now ?? (await jobTime()), false);
}

/** The same at an admin's wish, and again for those whose draft was cancelled. */
export async function draftPayoutsNow(scope: PlatformScope, now?: Date): Promise<{ drafted: number }> {
  authorize(scope, "payout.approve");
  return { drafted: (await draftAll(scope, now ?? (await jobTime()), true)).length };
}
