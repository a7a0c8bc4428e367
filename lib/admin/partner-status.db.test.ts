import { drizzle } from "drizzle-orm/node-postgres";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { partnerRates, systemRates } from "@/db/schema/billing";
import type { PlatformScope } from "@/db/scope";
import { closePeriod } from "@/lib/billing/commands/close";
import { reverseEntry } from "@/lib/billing/commands/correct";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { withTestDatabase } from "@/lib/testing/database";
import {
  makePartner,
  makePlatform,
  makeTenant,
  type TestPartner,
  type TestTenant,
} from "@/lib/testing/scopes";
import { handOverTenant } from "./commands/hand-over";
import { setPartnerStatus } from "./commands/partner-status";
import { getPartner, listHoldings } from "./queries/partners";

withTestDatabase();

const utc = (text: string) => new Date(`${text}Z`);

let admin: PlatformScope;
let base: string;

beforeAll(async () => {
  admin = await makePlatform();
  base = newId();
  const db = drizzle((await database()).pool);
  const thing = { resourceType: "workflow_node", unit: "node", effectiveFrom: new Date(0) };
  await db.insert(systemRates).values({ ...thing, id: base, rate: "0.333333" });
});

let partner: TestPartner;
let tenant: TestTenant;
beforeEach(async () => {
  partner = await makePartner();
  const db = drizzle((await database()).pool);
  await db.insert(partnerRates).values({
    partnerId: partner.partnerId,
    systemRateId: base,
    resourceType: "workflow_node",
    unit: "node",
    rate: "0.777777",
    effectiveFrom: new Date(0),
  });
  tenant = await makeTenant(partner.partnerId);
});
afterEach(async () => {
  shiftClock(0);
  expect((await checkLedgerAsOperator()).filter(({ count }) => count > 0)).toEqual([]);
});

const setStatus = (status: "active" | "suspended", at: Date, of = partner.partnerId) =>
  setPartnerStatus(admin, { partnerId: of, status, reason: `${status} for the test` }, at);

/** Does something as if it were then. */
async function at<T>(time: string, work: (now: Date) => Promise<T>): Promise<T> {
  shiftClock(utc(time).getTime() - Date.now());
  try {
    return await work(utc(time));
  } finally {
    shiftClock(0);
  }
}

/** Nodes that were used then, told at once or later. Gives the key of their row. */
async function use(time: string, nodes: number, toldAt = time): Promise<string> {
  const key = `${time} ${nodes}`;
  const item = {
    resourceType: "workflow_node",
    modelKey: null,
    quantityMicros: countQuantity(nodes),
  } as const;
  await at(toldAt, () =>
    asWorker(tenant.job, (tx) =>
      recordUsage(tx, tenant.job, { occurredAt: utc(time), items: [{ ...item, idempotencyKey: key }] }),
    ),
  );
  return key;
}

async function ask<T>(text: string, values: unknown[]): Promise<T[]> {
  return (await (await database()).pool.query(text, values)).rows;
}

const idOf = async (key: string) =>
  (
    await ask<{ id: string }>("select id from ledger_entries where tenant_id = $1 and idempotency_key = $2", [
      tenant.tenantId,
      key,
    ])
  )[0]?.id ?? "";

const pay = (invoiceId: string, time: string) =>
  at(time, (now) => recordPayment(admin, { invoiceId, method: "bank_transfer", reference: time }, now));

const holders = async () => (await listHoldings(admin, tenant.tenantId)).map((one) => one.partnerName);

describe("a month in which a partner is suspended", () => {
  /*
   * A node costs 0.777777 at the partner's and 0.333333 at the platform's. The partner is suspended on 10 October at
   * 12:00:00.000 and works again on 20 October at 06:00:00.000.
   *
   *  row  at                     nodes  customer pays  base       commission  sold by
   *  A     5 Oct                  100      77.777700   33.333300   44.444400  the partner
   *  C    10 Oct 11:59:59.999       3       2.333331    0.999999    1.333332  the partner; taken back on 12 Oct
   *  D    10 Oct 12:00:00.000      30       9.999990    9.999990           -  the platform
   *  E    15 Oct                   10       3.333330    3.333330           -  the platform
   *  F    20 Oct 05:59:59.999       1       0.333333    0.333333           -  the platform
   *  G    20 Oct 06:00:00.000      20      15.555540    6.666660    8.888880  the partner
   *  B     9 Oct, told 2 Nov        7       5.444439    2.333331    3.111108  the partner, on its next invoice
   */
  it("is right to the micro-dollar, for each seller", async () => {
    await use("2026-10-05T00:00:00", 100);
    const back = await use("2026-10-10T11:59:59.999", 3);
    expect(await setStatus("suspended", utc("2026-10-10T12:00:00"))).toMatchObject({ customers: 1 });
    await use("2026-10-10T12:00:00.000", 30);
    const entryId = await idOf(back);
    await at("2026-10-12T00:00:00", () => reverseEntry(admin, { entryId, reason: "It did not run." }));
    await use("2026-10-15T00:00:00", 10);
    await use("2026-10-20T05:59:59.999", 1, "2026-10-21T00:00:00");
    expect(await setStatus("active", utc("2026-10-20T06:00:00"))).toMatchObject({ customers: 1 });
    await use("2026-10-20T06:00:00.000", 20);
    const month = (name: string) => ({ month: name, tenantId: tenant.tenantId });
    await at("2026-11-01T02:00:00", (now) => closePeriod(admin, month("2026-10"), now));
    await use("2026-10-09T00:00:00", 7, "2026-11-02T00:00:00");
    await at("2026-12-01T02:00:00", (now) => closePeriod(admin, month("2026-11"), now));

    const name = `Partner ${partner.partnerId}`;
    const invoices = await ask<Record<string, unknown> & { id: string }>(
      `select id, seller_name, partner_id, total_amount::text, receivable::text, period_start, period_end from invoices
       where tenant_id = $1 order by period_start`,
      [tenant.tenantId],
    );
    const { partnerId } = partner;
    expect(invoices.map(({ id: _, ...invoice }) => Object.values(invoice))).toEqual([
      [name, partnerId, "77.780000", "77.777700", utc("2026-10-01T00:00:00"), utc("2026-10-10T12:00:00")],
      ["HireBuddha", null, "13.670000", "13.666653", utc("2026-10-10T12:00:00"), utc("2026-10-20T06:00:00")],
      [name, partnerId, "15.560000", "15.555540", utc("2026-10-20T06:00:00"), utc("2026-11-01T00:00:00")],
      [name, partnerId, "5.440000", "5.444439", utc("2026-11-01T00:00:00"), utc("2026-12-01T00:00:00")],
    ]);
    for (const { id } of invoices) await pay(id, "2026-12-02T00:00:00");
    expect(
      await ask(
        `select sum(tenant_cost)::text as paid, sum(platform_cost)::text as base, sum(partner_commission)::text as accrued
         from ledger_entries where tenant_id = $1`,
        [tenant.tenantId],
      ),
    ).toEqual([{ paid: "112.444332", base: "55.999944", accrued: "56.444388" }]);
    expect(
      await ask("select amount::text from commission_events e where partner_id = $1 order by e.amount desc", [
        partnerId,
      ]),
    ).toEqual([{ amount: "44.444400" }, { amount: "8.888880" }, { amount: "3.111108" }]);
  });
});

describe("suspending a partner", () => {
  it("gives its customers to the platform, and back, once each", async () => {
    const [first, second] = [utc("2026-10-10T00:00:00"), utc("2026-10-11T00:00:00")];
    const other = await makeTenant((await makePartner()).partnerId);
    const name = `Partner ${partner.partnerId}`;
    expect((await setStatus("suspended", first)).customers).toBe(1);
    expect((await setStatus("suspended", second)).customers).toBe(0);
    expect(await holders()).toEqual([null, name]);
    expect(await getPartner(admin, partner.partnerId)).toMatchObject({
      status: "suspended",
      suspendedAt: first,
      suspendedReason: "suspended for the test",
      customers: 0,
      away: 1,
      held: [{ tenantId: tenant.tenantId, since: first, isAway: true }],
    });
    expect((await setStatus("active", second)).customers).toBe(1);
    expect((await setStatus("active", second)).customers).toBe(0);
    expect(await holders()).toEqual([name, null, name]);
    expect(await getPartner(admin, partner.partnerId)).toMatchObject({
      suspendedAt: null,
      customers: 1,
      away: 0,
    });
    expect((await listHoldings(admin, other.tenantId)).length).toBe(1);
    const audited = await ask<{ action: string; tenant_id: string | null }>(
      "select action, tenant_id from audit_log where partner_id = $1 order by id",
      [partner.partnerId],
    );
    expect(audited).toEqual([
      { action: "partner.set_status", tenant_id: null },
      { action: "tenant.hand_over", tenant_id: tenant.tenantId },
      { action: "partner.set_status", tenant_id: null },
      { action: "tenant.hand_over", tenant_id: tenant.tenantId },
    ]);
  });

  it("is told to its team by mail, once each", async () => {
    await setStatus("suspended", utc("2026-10-10T00:00:00"));
    await setStatus("suspended", utc("2026-10-10T00:00:00"));
    await setStatus("active", utc("2026-10-11T00:00:00"));
    const mails = await ask<{ subject: string; body: string }>(
      `select e.subject, e.body from emails e join users u on u.email = e.recipient
       join partner_members m on m.user_id = u.id where m.partner_id = $1 order by e.id`,
      [partner.partnerId],
    );
    expect(mails.map(({ subject }) => subject)).toEqual([
      "Your partnership is suspended",
      "Your partnership is active again",
    ]);
    expect(mails[0]?.body).toContain("suspended for the test");
  });

  it("leaves a customer where an admin put it meanwhile", async () => {
    const next = await makePartner();
    const stays = await makeTenant(partner.partnerId);
    await setStatus("suspended", utc("2026-10-10T00:00:00"));
    const reason = "It asked for this.";
    const tomorrow = new Date(Date.now() + 86_400_000);
    await handOverTenant(admin, { tenantId: tenant.tenantId, partnerId: next.partnerId, reason });
    await handOverTenant(admin, { tenantId: stays.tenantId, partnerId: null, reason });
    expect((await setStatus("active", tomorrow)).customers).toBe(0);
    expect((await holders())[0]).toBe(`Partner ${next.partnerId}`);
    expect((await listHoldings(admin, stays.tenantId))[0]).toMatchObject({
      partnerName: null,
      returnsTo: null,
    });
  });
});

describe("handing a workspace over", () => {
  const reason = "It asked for this.";

  it("changes nothing when it is there already", async () => {
    const { tenantId } = tenant;
    await handOverTenant(admin, { tenantId, partnerId: partner.partnerId, reason });
    expect(await holders()).toHaveLength(1);
    expect(await ask("select 1 from audit_log where tenant_id = $1", [tenantId])).toEqual([]);
  });

  it.each([
    ["a partner that is suspended", "invalid"],
    ["a partner that nobody knows", "invalid"],
    ["a workspace that nobody knows", "not_found"],
    ["the workspace of a partner's own people", "precondition"],
  ])("refuses %s", async (what, code) => {
    const gone = await makePartner();
    await setStatus("suspended", utc("2026-10-10T00:00:00"), gone.partnerId);
    const input = {
      tenantId: what.startsWith("a workspace") ? newId() : tenant.tenantId,
      partnerId: what.startsWith("a partner that is") ? gone.partnerId : null,
      reason,
    };
    const asked =
      code === "precondition"
        ? { ...input, tenantId: partner.homeTenantId, partnerId: partner.partnerId }
        : what.includes("partner that nobody")
          ? { ...input, partnerId: newId() }
          : input;
    await expect(handOverTenant(admin, asked)).rejects.toMatchObject({ code });
    const { rows } = await (await database()).pool.query(
      "select 1 from tenant_partner_history where tenant_id = any($1) and effective_from is not null",
      [[tenant.tenantId, partner.homeTenantId]],
    );
    expect(rows).toEqual([]);
  });
});
