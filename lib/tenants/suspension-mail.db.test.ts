import { and, asc, eq, inArray, like } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { users } from "@/db/schema/auth";
import { emails } from "@/db/schema/system";
import type { PlatformScope } from "@/db/scope";
import { reactivateTenant, suspendTenant } from "@/lib/admin/commands/tenants";
import { saveBranding } from "@/lib/branding/commands";
import { saveBrandingInput } from "@/lib/branding/input";
import { reactivateCustomer, suspendCustomer } from "@/lib/partners/commands/customers";
import { withTestDatabase } from "@/lib/testing/database";
import {
  makePartner,
  makePlatform,
  makeTenant,
  type TestPartner,
  type TestTenant,
} from "@/lib/testing/scopes";

withTestDatabase();

const reason = "The contract has ended.";
let platform: PlatformScope;
let partner: TestPartner;
let customer: TestTenant;

beforeAll(async () => {
  [platform, partner] = [await makePlatform(), await makePartner()];
});
beforeEach(async () => {
  customer = await makeTenant(partner.partnerId);
});

const mailOf = (userId: string) => `${userId}@example.test`;

/** What the people of a workspace were mailed of its suspension, the oldest first. */
function mails({ adminId, memberId }: TestTenant) {
  return asSystem("test", (tx) =>
    tx
      .select({ to: emails.recipient, subject: emails.subject, body: emails.body, url: emails.actionUrl })
      .from(emails)
      .where(
        and(
          inArray(emails.recipient, [mailOf(adminId), mailOf(memberId)]),
          like(emails.idempotencyKey, "suspension:%"),
        ),
      )
      .orderBy(asc(emails.id)),
  );
}

describe("the admins of a workspace", () => {
  it("are mailed once that the platform suspended it and why, and that it lifted that", async () => {
    const { tenantId } = customer;
    await suspendTenant(platform, { tenantId, reason });
    await suspendTenant(platform, { tenantId, reason: "A second click." });
    const suspended = {
      to: mailOf(customer.adminId),
      subject: "Your workspace is suspended",
      body: expect.stringMatching(
        new RegExp(`^HireBuddha has suspended the workspace Tenant ${tenantId}: “${reason}”\n\nNothing runs`),
      ),
      url: expect.stringMatching(/\/app$/),
    };
    expect(await mails(customer)).toEqual([suspended]);
    await reactivateTenant(platform, { tenantId });
    await reactivateTenant(platform, { tenantId });
    const lifted = {
      ...suspended,
      subject: "Your workspace works again",
      body: `HireBuddha has lifted the suspension of the workspace Tenant ${tenantId}.`,
    };
    expect(await mails(customer)).toEqual([suspended, lifted]);
  });

  it("are mailed in their partner's name, with where to write to", async () => {
    const { tenantId } = customer;
    const branding = { updatedAt: "", displayName: "Northwind", email: "help@northwind.example" };
    await saveBranding(partner.scope, saveBrandingInput.parse(branding));
    for (let click = 1; click <= 2; click += 1) await suspendCustomer(partner.scope, { tenantId, reason });
    for (let click = 1; click <= 2; click += 1) await reactivateCustomer(partner.scope, { tenantId });
    const [suspended, lifted, ...more] = await mails(customer);
    expect(suspended?.body).toContain(
      `Northwind has suspended the workspace Tenant ${tenantId}: “${reason}”`,
    );
    expect(suspended?.body).toContain("Write to help@northwind.example");
    expect(lifted?.body).toMatch(/^Northwind has lifted the suspension/);
    expect(more).toEqual([]);
  });

  it("are those who can sign in, and nobody else", async () => {
    const { tenantId, adminId, memberId } = customer;
    await asSystem("test", async (tx) => {
      await tx.update(users).set({ isActive: false }).where(eq(users.id, adminId));
      await tx.update(users).set({ role: "tenant_admin" }).where(eq(users.id, memberId));
    });
    await suspendTenant(platform, { tenantId, reason });
    expect((await mails(customer)).map(({ to }) => to)).toEqual([mailOf(memberId)]);
  });
});
