import "server-only";
import { eq } from "drizzle-orm";
import { asPartner } from "@/db/access";
import { partnerBranding } from "@/db/schema/partner-money";
import type { PartnerScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { assertUnchanged } from "@/lib/seen";
import type { SaveBrandingInput } from "./input";
import { storeLogo } from "./logo";

/**
 * Saves in whose name this partner's customers are billed. Documents that exist stay as they were made.
 * @throws AppError `invalid` when the logo is no picture; `conflict` when it was changed after `updatedAt`
 */
export async function saveBranding(
  scope: PartnerScope,
  input: SaveBrandingInput,
): Promise<{ partnerId: string }> {
  authorize(scope, "branding.update");
  const { partnerId } = scope;
  // An empty file is what a form sends when nobody chose one.
  const logo = input.logo && input.logo.size > 0 ? await storeLogo(partnerId, input.logo) : null;
  const { line1, line2, postalCode, city, country } = input;
  const address = { line1, line2, postalCode, city, country };
  const hasAddress = Object.values(address).some((part) => part !== null);
  const after = {
    displayName: input.displayName,
    accent: input.accent,
    address: hasAddress ? address : null,
    email: input.email,
    website: input.website,
    taxId: input.taxId,
    footer: input.footer,
    ...(logo ? { logoKey: logo.key, logoType: logo.type } : {}),
    ...(!logo && input.removeLogo ? { logoKey: null, logoType: null } : {}),
  };
  await asPartner(scope, async (tx) => {
    const isIt = eq(partnerBranding.partnerId, partnerId);
    const [before] = await tx.select().from(partnerBranding).where(isIt).for("update");
    assertUnchanged("branding", before?.updatedAt ?? null, input.updatedAt);
    await tx
      .insert(partnerBranding)
      .values({ partnerId, ...after })
      .onConflictDoUpdate({ target: partnerBranding.partnerId, set: { ...after, updatedAt: new Date() } });
    await audit(tx, scope, {
      action: "branding.update",
      targetType: "partner",
      targetId: partnerId,
      before: before ? { displayName: before.displayName, taxId: before.taxId } : null,
      after,
    });
  });
  return { partnerId };
}
