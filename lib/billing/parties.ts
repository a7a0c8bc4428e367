import { and, eq, gt, isNull, lte, or } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import { billingProfiles, taxRates } from "@/db/schema/tax";
import { AppError } from "@/lib/errors";
import { type Tax, taxFor } from "./tax";

/** Who sells to those without a partner, and pays partners. */
export const PLATFORM_NAME = "HireBuddha";

/** Who sells and who buys, as a document keeps it. */
export type Seller = { name: string };
export type Customer = {
  name: string;
  address: unknown;
  country: string | null;
  taxId: string | null;
  email: string | null;
  reference: string | null;
};
export type Parties = { partnerId: string | null; seller: Seller; customer: Customer };

/**
 * Who is billed and by whom, as of now.
 * @throws AppError `not_found`
 */
export async function partiesOf(tx: Tx, tenantId: string): Promise<Parties> {
  const [row] = await tx
    .select({
      name: tenants.name,
      partnerId: tenants.partnerId,
      partnerName: partners.name,
      legalName: billingProfiles.legalName,
      address: billingProfiles.address,
      country: billingProfiles.country,
      taxId: billingProfiles.taxId,
      email: billingProfiles.emailTo,
      reference: billingProfiles.reference,
    })
    .from(tenants)
    .leftJoin(partners, eq(partners.id, tenants.partnerId))
    .leftJoin(billingProfiles, eq(billingProfiles.tenantId, tenants.id))
    .where(eq(tenants.id, tenantId));
  if (!row) throw new AppError("not_found", "This workspace does not exist.");
  return {
    partnerId: row.partnerId,
    seller: { name: row.partnerName ?? PLATFORM_NAME },
    customer: {
      name: row.legalName ?? row.name,
      address: row.address,
      country: row.country,
      taxId: row.taxId,
      email: row.email,
      reference: row.reference,
    },
  };
}

/** The tax on what this customer is billed at an instant. */
export async function taxOf(tx: Tx, customer: Customer, at: Date): Promise<Tax | null> {
  const rates = await tx
    .select()
    .from(taxRates)
    .where(
      and(lte(taxRates.effectiveFrom, at), or(isNull(taxRates.effectiveTo), gt(taxRates.effectiveTo, at))),
    );
  return taxFor(customer, rates, at);
}
