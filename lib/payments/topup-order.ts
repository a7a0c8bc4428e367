import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { topups } from "@/db/schema/payments";
import type { TenantScope } from "@/db/scope";
import { priceOfCredit } from "@/lib/billing/credit-price";
import { partiesOf, taxOf } from "@/lib/billing/parties";
import { AppError } from "@/lib/errors";
import { type Micros, microsToNumeric } from "@/lib/money";
import { presentTime } from "@/lib/present-time";
import type { OrderedCredit } from "./started-payment";

type Topup = typeof topups.$inferSelect;

/** What is written down of credit that is ordered: the amount of credit, and the tax that comes on top, as of now. */
export async function orderColumns(tx: Tx, tenantId: string, amount: Micros) {
  const now = await presentTime(tx);
  const { customer } = await partiesOf(tx, tenantId, now);
  const tax = await taxOf(tx, customer, now);
  const { taxCents, totalCents } = priceOfCredit(amount, tax);
  return {
    amount: microsToNumeric(amount),
    taxCents,
    totalCents,
    taxPercent: tax?.percent ?? null,
    taxNote: tax?.note ?? null,
    month: now.toISOString().slice(0, 7),
  };
}

/** The order of a click: found again when the click comes twice. @throws AppError `conflict` (`request_changed`) */
export async function orderCredit(
  tx: Tx,
  { tenantId, actor }: TenantScope,
  { amount, requestKey }: { amount: Micros; requestKey: string },
): Promise<{ topup: Topup; isNew: boolean }> {
  const [made] = await tx
    .insert(topups)
    .values({
      ...(await orderColumns(tx, tenantId, amount)),
      tenantId,
      kind: "manual",
      requestKey,
      createdBy: actor.kind === "user" ? actor.userId : null,
    })
    .onConflictDoNothing()
    .returning({ id: topups.id });
  const own = and(eq(topups.tenantId, tenantId), eq(topups.requestKey, requestKey));
  const [topup] = await tx.select().from(topups).where(own);
  if (!topup) throw new AppError("internal");
  requireAmount(topup, amount);
  return { topup, isNew: made !== undefined };
}

/** The same click never orders anything else. @throws AppError `conflict` (`request_changed`) */
export function requireAmount(topup: Pick<Topup, "amount">, amount: Micros): void {
  if (topup.amount !== microsToNumeric(amount)) {
    throw new AppError("conflict", "This payment was begun with another amount. Load the page again.", {
      reason: "request_changed",
    });
  }
}

/** What whoever pays is shown before. */
export function orderedCredit({ taxCents, taxNote, totalCents }: Topup): OrderedCredit {
  return { creditCents: totalCents - taxCents, taxCents, taxNote, totalCents };
}
