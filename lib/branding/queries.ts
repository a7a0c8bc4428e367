import "server-only";
import { eq } from "drizzle-orm";
import { asPartner } from "@/db/access";
import { partners } from "@/db/schema/auth";
import { partnerBranding } from "@/db/schema/partner-money";
import type { PartnerScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { readLogoRef } from "@/lib/billing/party";
import { logoUrl } from "./logo";

export type Branding = {
  displayName: string;
  accent: string | null;
  address: Readonly<Record<string, string | null>>;
  email: string | null;
  website: string | null;
  taxId: string | null;
  footer: string | null;
  /** To be shown as it is. */
  logo: string | null;
  /** Null until it was saved for the first time. */
  updatedAt: Date | null;
};

/** In whose name this partner's customers are billed; its own name until it said otherwise. */
export async function getBranding(scope: PartnerScope): Promise<Branding> {
  authorize(scope, "branding.read");
  const row = await asPartner(scope, async (tx) => {
    const [found] = await tx
      .select({ name: partners.name, branding: partnerBranding })
      .from(partners)
      .leftJoin(partnerBranding, eq(partnerBranding.partnerId, partners.id))
      .where(eq(partners.id, scope.partnerId));
    return found;
  });
  const branding = row?.branding;
  return {
    displayName: branding?.displayName ?? row?.name ?? "",
    accent: branding?.accent ?? null,
    address: (branding?.address as Record<string, string | null> | null) ?? {},
    email: branding?.email ?? null,
    website: branding?.website ?? null,
    taxId: branding?.taxId ?? null,
    footer: branding?.footer ?? null,
    logo: await logoUrl(readLogoRef({ key: branding?.logoKey, type: branding?.logoType })),
    updatedAt: branding?.updatedAt ?? null,
  };
}
