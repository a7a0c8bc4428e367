import "server-only";
import { and, eq } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { invoiceLines, invoices } from "@/db/schema/invoices";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { changeBehind, type PlanInvoice } from "@/lib/subscriptions/change-behind";
import { findSubscription, hasPlan } from "@/lib/subscriptions/store";
import { type VoidChoice, type VoidFacts, voidChoices } from "./void-choices";

/** What an invoice asks for: usage, and a plan that began, was raised or was renewed with it; and whether for less since. */
export async function voidFactsOf(
  tx: Tx,
  invoice: PlanInvoice & { creditedCents: bigint },
): Promise<VoidFacts> {
  const lines = await tx
    .selectDistinct({ kind: invoiceLines.kind })
    .from(invoiceLines)
    .where(and(eq(invoiceLines.tenantId, invoice.tenantId), eq(invoiceLines.invoiceId, invoice.id)));
  const has = (kind: string) => lines.some((line) => line.kind === kind);
  const facts = { hasUsage: has("usage"), isCredited: invoice.creditedCents > 0n };
  const isChange = invoice.kind !== "period" && (await changeBehind(tx, invoice)) !== null;
  if (!isChange && !has("plan")) return { ...facts, plan: "none" };
  if (!hasPlan(await findSubscription(tx, invoice.tenantId))) return { ...facts, plan: "over" };
  return { ...facts, plan: isChange ? "changed" : "renewed" };
}

/**
 * What may become of what an invoice asks for, should it be made void.
 * @throws AppError `not_found`
 */
export async function listVoidChoices(scope: PlatformScope, invoiceId: string): Promise<VoidChoice[]> {
  authorize(scope, "invoice.read");
  return asPlatform(scope, async (tx) => {
    const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
    if (!invoice) throw new AppError("not_found", "This invoice does not exist.");
    return voidChoices(await voidFactsOf(tx, invoice));
  });
}
