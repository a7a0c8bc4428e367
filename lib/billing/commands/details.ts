import "server-only";
import { eq, sql } from "drizzle-orm";
import { asPlatform, asTenant } from "@/db/access";
import { advisoryLock } from "@/db/advisory-lock";
import { billingProfiles, taxRates } from "@/db/schema/tax";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { planRate } from "@/lib/rates/schedule";
import { assertUnchanged } from "@/lib/seen";
import type { SaveDetailsInput, SetTaxRateInput } from "../details-input";

/**
 * Says who the workspace is on its invoices from now on; those that are made stay as they are.
 * @throws AppError `conflict` when they were changed after `updatedAt`
 */
export async function saveBillingDetails(
  scope: TenantScope,
  { email, updatedAt, ...details }: SaveDetailsInput,
): Promise<void> {
  authorize(scope, "billing.update");
  const values = { ...details, emailTo: email };
  await asTenant(scope, async (tx) => {
    const [before] = await tx
      .select()
      .from(billingProfiles)
      .where(eq(billingProfiles.tenantId, scope.tenantId))
      .for("update");
    assertUnchanged("details", before?.updatedAt ?? null, updatedAt);
    await tx
      .insert(billingProfiles)
      .values({ tenantId: scope.tenantId, ...values })
      .onConflictDoUpdate({ target: billingProfiles.tenantId, set: { ...values, updatedAt: sql`now()` } });
    const kept = (row: typeof values) => ({
      legalName: row.legalName,
      address: row.address,
      country: row.country,
      taxId: row.taxId,
      emailTo: row.emailTo,
      reference: row.reference,
    });
    await audit(tx, scope, {
      action: "billing.set_details",
      targetType: "tenant",
      targetId: scope.tenantId,
      before: before ? kept(before as typeof values) : null,
      after: kept(values),
    });
  });
}

/**
 * Sets the tax of a country from a moment on, or schedules it. The one before it is closed, never edited: documents that
 * are made keep theirs.
 * @throws AppError `invalid` on `effectiveFrom` (in the past); `conflict` where another one begins then
 */
export async function setTaxRate(
  scope: PlatformScope,
  input: SetTaxRateInput,
  now = new Date(),
): Promise<{ id: string }> {
  authorize(scope, "tax.update");
  return asPlatform(scope, async (tx) => {
    // Taxes of a country are changed one at a time.
    await advisoryLock(tx, `tax:${input.country}`).execute();
    const existing = await tx
      .select({
        id: taxRates.id,
        from: taxRates.effectiveFrom,
        to: taxRates.effectiveTo,
        percent: taxRates.percent,
      })
      .from(taxRates)
      .where(eq(taxRates.country, input.country));
    const fit = planRate(existing, input.effectiveFrom ?? now, now);
    if (!fit.ok) {
      if (fit.reason === "in_the_past")
        throw fieldError("effectiveFrom", "A tax cannot begin in the past: what was invoiced keeps its own.");
      throw new AppError("conflict", "Another tax begins at exactly this moment.", {
        fields: { effectiveFrom: ["Another tax begins at exactly this moment."] },
      });
    }
    if (fit.close)
      await tx.update(taxRates).set({ effectiveTo: fit.close.at }).where(eq(taxRates.id, fit.close.id));
    const id = newId();
    await tx.insert(taxRates).values({
      id,
      country: input.country,
      name: input.name,
      percent: input.percent,
      reverseCharge: input.reverseCharge,
      effectiveFrom: fit.from,
      effectiveTo: fit.to,
      createdBy: scope.actor.kind === "user" ? scope.actor.userId : null,
    });
    const replaced = existing.find((range) => range.id === fit.close?.id);
    await audit(tx, scope, {
      action: "tax.set",
      targetType: "tax_rate",
      targetId: id,
      before: replaced ? { percent: replaced.percent } : null,
      after: {
        country: input.country,
        name: input.name,
        percent: input.percent,
        reverseCharge: input.reverseCharge,
        effectiveFrom: fit.from.toISOString(),
      },
    });
    return { id };
  });
}
