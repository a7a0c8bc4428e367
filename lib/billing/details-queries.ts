import "server-only";
import { asc, desc, eq } from "drizzle-orm";
import { asPlatform, asTenant } from "@/db/access";
import { billingProfiles, taxRates } from "@/db/schema/tax";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";

export type BillingDetails = {
  legalName: string | null;
  address: Readonly<Record<string, string | null>>;
  country: string | null;
  taxId: string | null;
  email: string | null;
  reference: string | null;
  /** Null until they were saved for the first time. */
  updatedAt: Date | null;
};

const NOTHING: BillingDetails = {
  legalName: null,
  address: {},
  country: null,
  taxId: null,
  email: null,
  reference: null,
  updatedAt: null,
};

/** Who the workspace is on its invoices. */
export async function getBillingDetails(scope: TenantScope): Promise<BillingDetails> {
  authorize(scope, "billing.read");
  const [row] = await asTenant(scope, (tx) =>
    tx
      .select({
        legalName: billingProfiles.legalName,
        address: billingProfiles.address,
        country: billingProfiles.country,
        taxId: billingProfiles.taxId,
        email: billingProfiles.emailTo,
        reference: billingProfiles.reference,
        updatedAt: billingProfiles.updatedAt,
      })
      .from(billingProfiles)
      .where(eq(billingProfiles.tenantId, scope.tenantId)),
  );
  if (!row) return NOTHING;
  return { ...row, address: (row.address ?? {}) as BillingDetails["address"] };
}

export type TaxRateView = {
  id: string;
  country: string;
  name: string;
  percent: string;
  reverseCharge: boolean;
  effectiveFrom: Date;
  effectiveTo: Date | null;
};

/** Every tax: in force, scheduled and over, by country, the newest first. */
export async function listTaxRates(scope: PlatformScope): Promise<TaxRateView[]> {
  authorize(scope, "tax.read");
  return asPlatform(scope, (tx) =>
    tx
      .select({
        id: taxRates.id,
        country: taxRates.country,
        name: taxRates.name,
        percent: taxRates.percent,
        reverseCharge: taxRates.reverseCharge,
        effectiveFrom: taxRates.effectiveFrom,
        effectiveTo: taxRates.effectiveTo,
      })
      .from(taxRates)
      .orderBy(asc(taxRates.country), desc(taxRates.effectiveFrom)),
  );
}
