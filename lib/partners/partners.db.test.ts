import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { asPlatform, asSystem, asWorker } from "@/db/access";
import { partnerMembers, users } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import { emails } from "@/db/schema/system";
import type { PlatformScope } from "@/db/scope";
import { denial } from "@/lib/auth/authorize";
import { tenantScopeOf } from "@/lib/auth/scope";
import { findSession } from "@/lib/auth/session";
import { getCustomerInvoice, listAllInvoices } from "@/lib/billing/queries";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { microsFromNumeric } from "@/lib/money";
import { setPartnerRate, setSystemRate } from "@/lib/rates/commands";
import { withTestDatabase } from "@/lib/testing/database";
import { plantRows } from "@/lib/testing/rows";
import {
  makePartner,
  makePlatform,
  makeTenant,
  type TestPartner,
  type TestTenant,
} from "@/lib/testing/scopes";
import {
  createCustomer,
  inviteCustomerAdmin,
  reactivateCustomer,
  renameCustomer,
  resendCustomerInvitation,
  revokeCustomerInvitation,
  suspendCustomer,
} from "./commands/customers";
import {
  invitePartnerMember,
  removePartnerMember,
  resendPartnerInvitation,
  restorePartnerMember,
  revokePartnerInvitation,
} from "./commands/team";
import { totalsOf } from "./margins";
import { getCustomer, listCustomerInvitations, listCustomers } from "./queries/customers";
import { getPartnerOverview, getStatement, listMargins } from "./queries/money";
import { listPartnerAudit, listPartnerInvitations, listPartnerTeam } from "./queries/team";

withTestDatabase();

let platform: PlatformScope;
let partner: TestPartner;
let stranger: TestPartner;
let customer: TestTenant;
let second: TestTenant;
let foreign: TestTenant;

const NOW = new Date();
const EVER = { start: new Date(0), end: new Date(NOW.getTime() + 86_400_000) };

async function use(tenant: TestTenant, nodes: number): Promise<void> {
  await asWorker(tenant.job, (tx) =>
    recordUsage(tx, tenant.job, {
      occurredAt: new Date(),
      items: [
        {
          resourceType: "workflow_node",
          modelKey: null,
          quantityMicros: countQuantity(nodes),
          idempotencyKey: newId(),
        },
      ],
    }),
  );
}

/** The scope this person gets on the next request. */
async function nextRequest(tenant: TestTenant) {
  const { actor } = tenant.admin;
  if (actor.kind !== "user") throw new Error("a person");
  const session = await findSession(actor.userId, actor.sessionId);
  if (!session) throw new Error("signed in");
  return tenantScopeOf(session, { requestId: "test" });
}

beforeAll(async () => {
  platform = await makePlatform();
  [partner, stranger] = [await makePartner(), await makePartner()];
  customer = await makeTenant(partner.partnerId);
  second = await makeTenant(partner.partnerId);
  foreign = await makeTenant(stranger.partnerId);
  const { id } = await setSystemRate(platform, {
    resourceType: "workflow_node",
    modelKey: null,
    rate: 1_001n,
    effectiveFrom: null,
    description: null,
  });
  await setPartnerRate(partner.scope, { systemRateId: id, rate: 1_503n, effectiveFrom: null });
  await use(customer, 7);
  await use(second, 3);
  await use(foreign, 11);
});

describe("another partner's customer", () => {
  it("does not exist for any verb", async () => {
    const tenantId = foreign.tenantId;
    const tries = [
      () => getCustomer(partner.scope, tenantId),
      () => renameCustomer(partner.scope, { tenantId, name: "Mine now" }),
      () => suspendCustomer(partner.scope, { tenantId, reason: "because I can" }),
      () => reactivateCustomer(partner.scope, { tenantId }),
      () => inviteCustomerAdmin(partner.scope, { tenantId, email: "spy@example.test" }),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
    const { items } = await listCustomers(partner.scope, {});
    expect(items.map((row) => row.id).toSorted()).toEqual([customer.tenantId, second.tenantId].toSorted());
  });

  it("keeps its invoices to its own partner", async () => {
    await plantRows(foreign, stranger.partnerId);
    const [invoice] = (await listAllInvoices(platform, { tenantId: foreign.tenantId })).items;
    const id = invoice?.id ?? "";
    await expect(getCustomerInvoice(partner.scope, id)).rejects.toMatchObject({ code: "not_found" });
    expect((await getCustomerInvoice(stranger.scope, id)).lines).toHaveLength(1);
  });
});

describe("money", () => {
  it("is the same on every page, and what the ledger says", async () => {
    const ledger = await asPlatform(platform, (tx) =>
      tx
        .select({
          revenue: ledgerEntries.tenantCost,
          platformCost: ledgerEntries.platformCost,
          commission: ledgerEntries.partnerCommission,
        })
        .from(ledgerEntries)
        .where(eq(ledgerEntries.partnerId, partner.partnerId)),
    );
    const expected = totalsOf(ledger);
    expect(expected).toEqual({ revenue: 15_030n, platformCost: 10_010n, commission: 5_020n });
    expect(totalsOf(await listMargins(partner.scope, EVER))).toEqual(expected);
    expect(totalsOf(await getStatement(partner.scope, EVER))).toEqual(expected);
    const overview = await getPartnerOverview(partner.scope);
    expect(microsFromNumeric(overview.monthRevenue)).toBe(expected.revenue);
    expect(microsFromNumeric(overview.monthCommission)).toBe(expected.commission);
    const { items } = await listCustomers(partner.scope, {});
    expect(items.reduce((sum, row) => sum + microsFromNumeric(row.monthRevenue), 0n)).toBe(expected.revenue);
  });

  it("of one customer is only its own, at both prices", async () => {
    const detail = await getCustomer(partner.scope, customer.tenantId);
    expect(detail).toMatchObject({ people: 2, monthRevenue: "0.010521", monthCommission: "0.003514" });
    expect(detail.usage).toMatchObject([
      { quantity: "7.000000", platformCost: "0.007007", tenantCost: "0.010521" },
    ]);
    expect(detail.team).toHaveLength(2);
  });
});

describe("suspension", () => {
  it("bites on the next request and ends with reactivation", async () => {
    const { tenantId } = customer;
    expect(denial(await nextRequest(customer), "agent.create")).toBeNull();
    await suspendCustomer(partner.scope, { tenantId, reason: "has not paid for months" });
    const suspended = await nextRequest(customer);
    expect(suspended.tenantStatus).toBe("suspended");
    expect(denial(suspended, "agent.create")).toMatchObject({ reason: "tenant_suspended" });
    expect(denial(suspended, "agent.read")).toBeNull();
    await reactivateCustomer(partner.scope, { tenantId });
    expect(denial(await nextRequest(customer), "agent.create")).toBeNull();
    const { items } = await listPartnerAudit(partner.scope);
    expect(items.slice(0, 2)).toMatchObject([
      { action: "customer.reactivate" },
      { action: "customer.suspend", reason: "has not paid for months" },
    ]);
  });
});

describe("a new customer", () => {
  it("belongs to the partner and its admin is invited by mail", async () => {
    const { id } = await createCustomer(partner.scope, {
      name: "Brand New",
      adminEmail: "first@customer.example",
    });
    expect(await getCustomer(partner.scope, id)).toMatchObject({ name: "Brand New", people: 0 });
    await expect(getCustomer(stranger.scope, id)).rejects.toMatchObject({ code: "not_found" });
    const mails = await asPlatform(platform, (tx) =>
      tx.select({ to: emails.recipient }).from(emails).where(eq(emails.recipient, "first@customer.example")),
    );
    expect(mails).toHaveLength(1);
  });

  it("takes the invitation of its admin back, or sends it again, by its partner alone", async () => {
    const { id: tenantId } = await createCustomer(partner.scope, {
      name: "Mistyped",
      adminEmail: "wrong@customer.example",
    });
    const open = () => listCustomerInvitations(partner.scope, tenantId);
    const [first] = await open();
    expect(first).toMatchObject({ email: "wrong@customer.example", role: "tenant_admin" });
    const it = { tenantId, invitationId: first?.id ?? "" };
    const closed = { code: "not_found" };
    await expect(listCustomerInvitations(stranger.scope, tenantId)).rejects.toMatchObject(closed);
    await expect(revokeCustomerInvitation(stranger.scope, it)).rejects.toMatchObject(closed);
    await expect(resendCustomerInvitation(stranger.scope, it)).rejects.toMatchObject(closed);
    // Another customer's.
    await expect(
      revokeCustomerInvitation(partner.scope, { ...it, tenantId: customer.tenantId }),
    ).rejects.toMatchObject(closed);

    const again = await resendCustomerInvitation(partner.scope, it);
    expect((await open()).map(({ id }) => id)).toEqual([again.id]);
    await revokeCustomerInvitation(partner.scope, { tenantId, invitationId: again.id });
    expect(await open()).toEqual([]);
  });
});

/** A second person of the partner. */
async function colleague(): Promise<{ userId: string; email: string }> {
  const [userId, tenantId] = [newId(), partner.homeTenantId];
  const email = `${userId}@partner.example`;
  await asSystem("test", async (tx) => {
    const person = { fullName: "Zoe", hashedPassword: "-", role: "partner_admin" };
    await tx.insert(users).values({ id: userId, tenantId, email, ...person });
    await tx.insert(partnerMembers).values({ partnerId: partner.partnerId, userId });
  });
  return { userId, email };
}

describe("a partner's team", () => {
  it("is its own, and nobody can lock the partner out", async () => {
    const [member] = await listPartnerTeam(partner.scope);
    expect(member).toMatchObject({ isContact: true });
    const userId = member?.id ?? "";
    await expect(removePartnerMember(partner.scope, { userId })).rejects.toMatchObject({
      code: "precondition",
    });
    await expect(removePartnerMember(stranger.scope, { userId })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("sends an open invitation again or withdraws it, and no other partner does", async () => {
    const email = `${newId()}@partner.example`;
    const { id: first } = await invitePartnerMember(partner.scope, { email });
    const open = async () => (await listPartnerInvitations(partner.scope)).map(({ id }) => id);
    expect(await open()).toEqual([first]);
    expect(await listPartnerInvitations(stranger.scope)).toEqual([]);
    const closed = { code: "not_found" };
    await expect(revokePartnerInvitation(stranger.scope, { invitationId: first })).rejects.toMatchObject(
      closed,
    );
    await expect(resendPartnerInvitation(stranger.scope, { invitationId: first })).rejects.toMatchObject(
      closed,
    );

    const { id: again } = await resendPartnerInvitation(partner.scope, { invitationId: first });
    expect(await open()).toEqual([again]);
    expect(await listPartnerInvitations(partner.scope)).toMatchObject([{ email, role: "partner_admin" }]);
    await expect(resendPartnerInvitation(partner.scope, { invitationId: first })).rejects.toMatchObject(
      closed,
    );
    await revokePartnerInvitation(partner.scope, { invitationId: again });
    expect(await open()).toEqual([]);
    const { items } = await listPartnerAudit(partner.scope);
    expect(items[0]).toMatchObject({ action: "invitation.revoke", targetId: again });
  });

  it("can take back somebody who was removed, and nobody else's people", async () => {
    const { userId, email } = await colleague();
    const team = async () =>
      (await listPartnerTeam(partner.scope)).map(({ id, joinedAt }) => [id, joinedAt !== null]);
    expect(await team()).toContainEqual([userId, true]);
    await expect(restorePartnerMember(partner.scope, { userId })).rejects.toMatchObject({
      code: "not_found",
    });

    await removePartnerMember(partner.scope, { userId });
    expect((await team()).at(-1)).toEqual([userId, false]);
    await expect(invitePartnerMember(partner.scope, { email })).rejects.toMatchObject({
      fields: { email: [expect.stringMatching(/take them back/)] },
    });
    expect((await listPartnerTeam(stranger.scope)).map(({ id }) => id)).not.toContain(userId);
    await expect(restorePartnerMember(stranger.scope, { userId })).rejects.toMatchObject({
      code: "not_found",
    });

    const both = await Promise.allSettled([1, 2].map(() => restorePartnerMember(partner.scope, { userId })));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await team()).toContainEqual([userId, true]);
    const [account] = await asSystem("test", (tx) =>
      tx.select({ isActive: users.isActive }).from(users).where(eq(users.id, userId)),
    );
    expect(account?.isActive).toBe(true);
    expect((await listPartnerAudit(partner.scope)).items.slice(0, 2)).toMatchObject([
      { action: "partner_team.restore", targetId: userId },
      { action: "partner_team.remove", targetId: userId },
    ]);
  });
});
