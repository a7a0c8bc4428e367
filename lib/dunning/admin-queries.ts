import "server-only";
import { asc, desc } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { dueCents } from "@/lib/billing/apply-payment";
import { currentTime } from "@/lib/clock";
import { demandsSuspension } from "./grace";
import { isReminded } from "./owed";
import { type DunningName, stepAfter, timeOfStage } from "./schedule";

/** What a workspace owes and is gone after for, as the platform sees it. */
export type TenantDebt = {
  /** The invoice that is furthest, and of how many. */
  invoiceId: string;
  invoiceNumber: string;
  invoices: number;
  /** Of all of them. */
  dueCents: bigint;
  /** What comes next of the one that is furthest, and when; null behind the last step. */
  next: { name: DunningName; at: Date } | null;
  /** Until when it was given time; null where it was not, or that is over. */
  graceUntil: Date | null;
  /** Whether it would be suspended for what it owes, whoever suspended it. */
  demandsSuspension: boolean;
};

/** Null when it owes nothing that is overdue. */
export async function findTenantDebt(scope: PlatformScope, tenantId: string): Promise<TenantDebt | null> {
  authorize(scope, "tenant.read");
  const owed = await asPlatform(scope, (tx) =>
    tx
      .select()
      .from(invoices)
      .where(isReminded(tenantId))
      .orderBy(desc(invoices.dunningStage), asc(invoices.dueDate)),
  );
  const [worst] = owed;
  if (!worst) return null;
  const now = currentTime();
  const step = stepAfter(worst.dunningStage);
  const at = step && timeOfStage(worst, step.name);
  const { graceUntil } = worst;
  return {
    invoiceId: worst.id,
    invoiceNumber: worst.invoiceNumber,
    invoices: owed.length,
    dueCents: owed.reduce((sum, invoice) => sum + dueCents(invoice), 0n),
    next: step && at ? { name: step.name, at } : null,
    graceUntil: graceUntil && graceUntil > now ? graceUntil : null,
    demandsSuspension: demandsSuspension(owed, now),
  };
}
