import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { suspendTenant } from "@/lib/admin/commands/tenants";
import { saveBranding } from "@/lib/branding/commands";
import { saveBrandingInput } from "@/lib/branding/input";
import { suspendCustomer } from "@/lib/partners/commands/customers";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant } from "@/lib/testing/scopes";
import { findSuspension } from "./suspension";

withTestDatabase();

const reason = "The contract has ended.";

it("the people of a suspended workspace are told who did it, why, and where to write to, and nobody else is", async () => {
  const [platform, partner] = [await makePlatform(), await makePartner()];
  const customer = await makeTenant(partner.partnerId);
  const other = await makeTenant(partner.partnerId);
  const ofPartner = { tenantId: customer.tenantId, reason };
  await suspendCustomer(partner.scope, ofPartner);
  expect(await findSuspension(customer.member)).toEqual({
    by: `Partner ${partner.partnerId}`,
    email: null,
    reason,
  });
  const branding = { updatedAt: "", displayName: "Northwind", email: "help@northwind.example" };
  await saveBranding(partner.scope, saveBrandingInput.parse(branding));
  expect(await findSuspension(customer.member)).toEqual({ by: "Northwind", email: branding.email, reason });

  await suspendTenant(platform, { tenantId: other.tenantId, reason: "Looked into." });
  expect(await findSuspension(other.admin)).toEqual({
    by: "HireBuddha",
    email: null,
    reason: "Looked into.",
  });
  expect(await findSuspension((await makeTenant(partner.partnerId)).admin)).toBeNull();
});

it("a workspace that a debt suspended is told of the debt", async () => {
  const { tenantId, member } = await makeTenant();
  const debt = { suspendedBy: "dunning", suspendedReason: "Invoice HB-1 is not paid." };
  await asSystem("test", (tx) =>
    tx
      .update(tenants)
      .set({ status: "suspended", ...debt })
      .where(eq(tenants.id, tenantId)),
  );
  expect(await findSuspension(member)).toEqual({ by: null, email: null, reason: debt.suspendedReason });
});
