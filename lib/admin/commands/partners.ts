import "server-only";
import { eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { partners } from "@/db/schema/auth";
import type { PlatformScope } from "@/db/scope";
import { createInvitation, limitInvitation } from "@/lib/accounts/invitations";
import { createWorkspace } from "@/lib/accounts/workspace";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { dispatchMail } from "@/lib/email/dispatch";
import { newId } from "@/lib/ids";
import type { CreatePartnerInput } from "../input";

/**
 * A new partner with the workspace its people live in, and the invitation of its first admin.
 * @throws AppError `rate_limited`
 */
export async function createPartner(
  scope: PlatformScope,
  input: CreatePartnerInput,
): Promise<{ id: string }> {
  authorize(scope, "partner.create");
  await limitInvitation("platform", input.adminEmail);
  const id = newId();
  await asSystem("create-partner", async (tx) => {
    await tx.insert(partners).values({ id, name: input.name });
    const homeTenantId = await createWorkspace(tx, { name: input.name });
    await tx.update(partners).set({ homeTenantId }).where(eq(partners.id, id));
    await audit(tx, scope, {
      action: "partner.create",
      targetType: "partner",
      targetId: id,
      partnerId: id,
      tenantId: homeTenantId,
      after: { name: input.name, adminEmail: input.adminEmail },
    });
    await createInvitation(tx, scope, {
      email: input.adminEmail,
      role: "partner_admin",
      tenantId: homeTenantId,
      partnerId: id,
    });
  });
  await dispatchMail();
  return { id };
}
