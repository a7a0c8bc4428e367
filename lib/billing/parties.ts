import { and, eq, gt, isNull, lte, or } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import { tenantPartnerHistory as history, partnerBranding } from "@/db/schema/partner-money";
import { billingProfiles, taxRates } from "@/db/schema/tax";
import { AppError } from "@/lib/errors";
import { holderAt } from "@/lib/tenants/holder";
import { PLATFORM_NAME } from "@/lib/tenants/seller";
import { type PartyLogo, readLogoRef } from "./party";
import { type Tax, taxFor } from "./tax";

/** Who sells and who buys, as a document keeps it. */
export type Seller = {
  name: string;
  address?: unknown;
  taxId?: string | null;
  email?: string | null;
  website?: string | null;
  accent?: string | null;
  footer?: string | null;
  logo?: PartyLogo | null;
};
export type Customer = {
  name: string;
  address: unknown;
  country: string | null;
  taxId: string | null;
  email: string | null;
  reference: string | null;
};
export type Parties = { partnerId: string | null; seller: Seller; customer: Customer };

/** A partner sells in the name and looks it chose. */
function sellerOf(branding: typeof partnerBranding.$inferSelect | null, partnerName: string | null): Seller {
  if (!branding) return { name: partnerName ?? PLATFORM_NAME };
  const { displayName, address, taxId, email, website, accent, footer, logoKey, logoType } = branding;
  const logo = readLogoRef({ key: logoKey, type: logoType });
  return { name: displayName, address, taxId, email, website, accent, footer, logo };
}

/**
 * Who is billed, as of now, and by whom: the partner that held the tenant at an instant, or the platform.
 * @throws AppError `not_found`
 */
export async function partiesOf(tx: Tx, tenantId: string, soldAt: Date): Promise<Parties> {
  const [row] = await tx
    .select({
      name: tenants.name,
      partnerId: history.partnerId,
      partnerName: partners.name,
      branding: partnerBranding,
      legalName: billingProfiles.legalName,
      address: billingProfiles.address,
      country: billingProfiles.country,
      taxId: billingProfiles.taxId,
      email: billingProfiles.emailTo,
      reference: billingProfiles.reference,
    })
    .from(tenants)
    .innerJoin(history, holderAt(tenantId, soldAt))
    .leftJoin(partners, eq(partners.id, history.partnerId))
    .leftJoin(partnerBranding, eq(partnerBranding.partnerId, history.partnerId))
    .leftJoin(billingProfiles, eq(billingProfiles.tenantId, tenants.id))
    .where(eq(tenants.id, tenantId));
  if (!row) throw new AppError("not_found", "This workspace does not exist.");
  return {
    partnerId: row.partnerId,
    seller: sellerOf(row.branding, row.partnerName),
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
