import type { PlatformScope } from "@/db/scope";
import { saveBillingDetails, setTaxRate } from "@/lib/billing/commands/details";
import { saveDetailsInput, setTaxRateInput } from "@/lib/billing/details-input";
import { makePayer } from "@/lib/stripe/testing";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";

/** A platform that asks so much percent of buyers in some countries; who has a tax id there accounts for it. */
export async function makeTaxingPlatform(
  rates: readonly (readonly [country: string, name: string, percent: string])[] = [["DE", "VAT", "19"]],
): Promise<PlatformScope> {
  const platform = await makePlatform();
  for (const [country, name, percent] of rates)
    await setTaxRate(platform, setTaxRateInput.parse({ country, name, percent, reverseCharge: true }));
  return platform;
}

/** Somebody in a country who pays. */
export async function payerIn(
  country: string,
  details: { taxId?: string; email?: string } = {},
): Promise<TestTenant> {
  const tenant = await makePayer();
  await saveBillingDetails(tenant.admin, saveDetailsInput.parse({ address: {}, country, ...details }));
  return tenant;
}
