import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asSystem, asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { notifications } from "@/db/schema/notifications";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { jobScope, partnerScopeOf } from "@/lib/auth/scope";
import { findSession } from "@/lib/auth/session";
import { createCustomer, suspendCustomer } from "@/lib/partners/commands/customers";
import { getCustomer, listCustomers } from "@/lib/partners/queries/customers";
import { getPartnerOverview, listMargins } from "@/lib/partners/queries/money";
import { approvePayout } from "@/lib/payouts/commands/decide";
import { draftPayouts } from "@/lib/payouts/commands/draft";
import { getPartnerBalance } from "@/lib/payouts/queries";
import { sendPayout } from "@/lib/payouts/send";
import { type Business, earn, makeBusiness } from "@/lib/payouts/testing";
import { getPriceBook } from "@/lib/rates/queries";
import { findHandedOver, tellHandover } from "@/lib/tenants/handovers";
import { getSeller } from "@/lib/tenants/seller-queries";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestPartner } from "@/lib/testing/scopes";
import { setPartnerStatus } from "./commands/partner-status";

withTestDatabase();

let admin: PlatformScope;
let business: Business;
beforeAll(async () => {
  admin = await makePlatform();
});
beforeEach(async () => {
  business = await makeBusiness();
});

const setStatus = (status: "active" | "suspended") =>
  setPartnerStatus(admin, { partnerId: business.partnerId, status, reason: "for the test" });

/** The scope of the partner's next request. */
async function nextRequest({ scope }: TestPartner): Promise<PartnerScope> {
  const { actor } = scope;
  if (actor.kind !== "user") throw new Error("the partner's admin is a user");
  const session = await findSession(actor.userId, actor.sessionId);
  const found = session && partnerScopeOf(session, { requestId: "test" });
  if (!found) throw new Error("the partner console is closed");
  return found;
}

describe("a partner that is suspended", () => {
  it("reads its books with its next request, and changes nothing", async () => {
    await earn(business, 9_000_000n, 1);
    await setStatus("suspended");
    const scope = await nextRequest(business);
    expect(scope.isSuspended).toBe(true);
    await expect(getPartnerOverview(scope)).resolves.toMatchObject({ customers: 0 });
    await expect(getPriceBook(scope)).resolves.toEqual([]);
    const range = { start: new Date(0), end: new Date(Date.now() + 86_400_000) };
    // All that it still sees of a customer is what it sold to it, under the name of then.
    expect(await listMargins(scope, range)).toMatchObject([
      { tenantName: `Tenant ${business.customer.tenantId}`, commission: "9.000000" },
    ]);
    expect((await listCustomers(scope, {})).items).toEqual([]);
    await expect(getCustomer(scope, business.customer.tenantId)).rejects.toMatchObject({ code: "not_found" });
    const refused = { code: "forbidden", reason: "partner_suspended" };
    await expect(
      createCustomer(scope, { name: "Late Inc.", adminEmail: "late@example.test" }),
    ).rejects.toMatchObject(refused);
    await expect(
      suspendCustomer(scope, { tenantId: business.customer.tenantId, reason: "out of spite" }),
    ).rejects.toMatchObject(refused);
  });

  it("makes no customer with a request that was let in before", async () => {
    const before = await nextRequest(business);
    await setStatus("suspended");
    await expect(
      createCustomer(before, { name: "Late Inc.", adminEmail: "late@example.test" }),
    ).rejects.toMatchObject({ code: "forbidden", reason: "partner_suspended" });
    const { rows } = await (await database()).pool.query("select 1 from tenants where partner_id = $1", [
      business.partnerId,
    ]);
    expect(rows).toEqual([]);
  });

  it("works again with the request after it is reinstated", async () => {
    await setStatus("suspended");
    await setStatus("active");
    const scope = await nextRequest(business);
    expect(scope.isSuspended).toBe(false);
    expect((await listCustomers(scope, {})).items.map(({ id }) => id)).toEqual([business.customer.tenantId]);
  });

  it("keeps what it earned, and is paid once it works again", async () => {
    await earn(business, 60_000_000n);
    await setStatus("suspended");
    expect(await getPartnerBalance(await nextRequest(business))).toMatchObject({ payable: 60_000_000n });
    const [payoutId = ""] = await draftPayouts();
    await approvePayout(admin, { payoutId });
    expect(await sendPayout(payoutId)).toBe("held");
    const heldReason = async () => {
      const { rows } = await (await database()).pool.query(
        "select status, held_reason from partner_payouts where id = $1",
        [payoutId],
      );
      return rows[0];
    };
    expect(await heldReason()).toEqual({ status: "approved", held_reason: "partner_suspended" });
    await setStatus("active");
    await sendPayout(payoutId);
    expect((await heldReason()).held_reason).not.toBe("partner_suspended");
  });
});

describe("the customers of a partner that is suspended", () => {
  const notices = () =>
    asTenant(business.customer.admin, (tx) => tx.select().from(notifications)).then((rows) =>
      rows.filter((row) => row.kind === "seller_changed" && row.userId === business.customer.adminId),
    );
  const tell = async () => tellHandover(await jobScope(business.customer.tenantId, "test"));

  it("are told who bills them, once for each change, and see it", async () => {
    expect(await getSeller(business.customer.admin)).toEqual({
      name: `Partner ${business.partnerId}`,
      isPlatform: false,
      change: null,
    });
    await setStatus("suspended");
    expect(await findHandedOver()).toContain(business.customer.tenantId);
    expect([await tell(), await tell()]).toEqual([1, 0]);
    expect(await findHandedOver()).not.toContain(business.customer.tenantId);
    expect((await notices()).map(({ title }) => title)).toEqual([
      "Your workspace is billed by HireBuddha now",
    ]);
    expect(await getSeller(business.customer.admin)).toMatchObject({
      name: "HireBuddha",
      isPlatform: true,
      change: { before: `Partner ${business.partnerId}` },
    });
    await setStatus("active");
    expect(await tell()).toBe(1);
    expect(await notices()).toHaveLength(2);
  });

  it("are told once when the one who tells is interrupted before it is written down", async () => {
    await setStatus("suspended");
    await tell();
    await asSystem("test", (tx) => tx.execute("update tenant_partner_history set told_at = null"));
    await tell();
    expect(await notices()).toHaveLength(1);
  });

  it("go on working, as direct customers", async () => {
    await setStatus("suspended");
    const { rows } = await (await database()).pool.query(
      "select partner_id, status from tenants where id = $1",
      [business.customer.tenantId],
    );
    expect(rows).toEqual([{ partner_id: null, status: "active" }]);
  });
});
