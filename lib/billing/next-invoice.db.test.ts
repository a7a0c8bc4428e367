import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import type { PlatformScope } from "@/db/scope";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { setPlanPrice } from "@/lib/plans/commands";
import { cancelPlan } from "@/lib/subscriptions/commands/cancel";
import { changePlan } from "@/lib/subscriptions/commands/change";
import { renewDue } from "@/lib/subscriptions/renew";
import { atTime, makePlan, payByTransfer, setTime } from "@/lib/subscriptions/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { use } from "@/lib/wallet/testing";
import { closeDue } from "./commands/close";
import { nextInvoice } from "./next-invoice";

withTestDatabase();

const DOLLAR = 1_000_000n;

let platform: PlatformScope;
let starter: string;
let team: string;
let tenant: TestTenant;

beforeAll(async () => {
  platform = await makePlatform();
});
beforeEach(async () => {
  starter = await makePlan(platform, "Starter", { dollars: 29n });
  team = await makePlan(platform, "Team", { dollars: 99n });
  tenant = await makeTenant();
});
afterEach(() => shiftClock(0));

const choose = (planId: string, cycle: "monthly" | "annual" = "monthly") =>
  changePlan(tenant.admin, { planId, cycle, requestKey: newId(), shownCents: 10_000_000n }, atTime());

async function start(planId: string, cycle: "monthly" | "annual" = "monthly"): Promise<void> {
  setTime("2026-03-10T09:00:00");
  const { invoiceId } = await choose(planId, cycle);
  await payByTransfer(platform, invoiceId);
}

/** What the document of the running period came to, once it was over. */
async function made(at: string): Promise<{ fees: string[]; total: string | null }> {
  setTime(at);
  await closeDue(atTime());
  const { pool } = await database();
  const { rows } = await pool.query(
    `select l.description, l.amount::text, i.total_amount::text as total from invoices i join invoice_lines l on l.invoice_id = i.id
     where i.tenant_id = $1 and i.kind = 'period' and l.kind = 'plan'`,
    [tenant.tenantId],
  );
  return { fees: rows.map((row) => `${row.description}: ${row.amount}`), total: rows[0]?.total ?? null };
}

async function foretold() {
  const { fees, planNext, dueMicros } = await nextInvoice(tenant.admin, atTime());
  return {
    fees: fees.map(
      ({ description, amountMicros }) => `${description}: ${Number(amountMicros / DOLLAR)}.000000`,
    ),
    planNext,
    dueMicros,
  };
}

describe("the next invoice", () => {
  it("says what was used before a plan began, until that is invoiced", async () => {
    setTime("2026-03-09T09:00:00");
    await use(tenant.job, [{ cost: 5n * DOLLAR }]);
    await start(starter);
    const closing = async () => {
      const { usageMicros, closingMicros } = await nextInvoice(tenant.admin, atTime());
      return [usageMicros, closingMicros];
    };
    expect(await closing()).toEqual([0n, 5n * DOLLAR]);
    setTime("2026-03-10T10:00:00");
    await closeDue(atTime());
    expect(await closing()).toEqual([0n, 0n]);
  });

  it("says the fee of a month that has begun, until the invoice that asks for it is made", async () => {
    await start(starter);
    const closing = async () => (await nextInvoice(tenant.admin, atTime())).closingFeesMicros;
    setTime("2026-04-10T08:59:00");
    expect(await closing()).toBe(0n);
    setTime("2026-04-10T09:01:00");
    await renewDue(atTime());
    expect(await closing()).toBe(29n * DOLLAR);
    setTime("2026-04-10T10:00:00");
    await closeDue(atTime());
    expect(await closing()).toBe(0n);
  });

  it("has the fee of the next month at its price of that day, as the invoice then has it", async () => {
    await start(starter);
    await use(tenant.job, [{ cost: 5n * DOLLAR }]);
    setTime("2026-03-20T00:00:00");
    const rise = { planId: starter, billingCycle: "monthly", amount: 3_500n, currency: "USD" } as const;
    await setPlanPrice(platform, { ...rise, effectiveFrom: new Date("2026-04-01T00:00:00Z") }, atTime());
    const { fees, planNext, dueMicros } = await foretold();
    expect(fees).toEqual(["Starter plan, monthly fee, 10 Apr 2026 to 10 May 2026: 35.000000"]);
    expect(planNext).toMatchObject({ kind: "renew", cents: 3_500n, at: new Date("2026-04-10T09:00:00Z") });
    expect(dueMicros).toBe(40n * DOLLAR);
    expect(await made("2026-04-10T11:00:00")).toEqual({ fees, total: "40.000000" });
  });

  it("has the plan that was asked for, and says when it holds", async () => {
    await start(team);
    setTime("2026-03-20T00:00:00");
    await choose(starter);
    const { fees, planNext } = await foretold();
    expect(fees).toEqual(["Starter plan, monthly fee, 10 Apr 2026 to 10 May 2026: 29.000000"]);
    expect(planNext).toEqual({
      kind: "change",
      planName: "Starter",
      cycle: "monthly",
      cents: 2_900n,
      at: new Date("2026-04-10T09:00:00Z"),
    });
    expect((await made("2026-04-10T11:00:00")).fees).toEqual(fees);
  });

  it("has no fee of a plan that ends, and says when", async () => {
    await start(starter);
    await cancelPlan(tenant.admin, { requestKey: newId() }, atTime());
    expect(await foretold()).toMatchObject({
      fees: [],
      planNext: { kind: "end", planName: "Starter", at: new Date("2026-04-10T09:00:00Z") },
      dueMicros: 0n,
    });
    expect((await made("2026-04-10T11:00:00")).fees).toEqual([]);
  });

  it("has no fee within a year that is paid, and the one of the next year in its last month", async () => {
    await start(starter, "annual");
    expect(await foretold()).toMatchObject({
      fees: [],
      planNext: { kind: "renew", cycle: "annual", cents: 29_000n, at: new Date("2027-03-10T09:00:00Z") },
    });
    setTime("2027-02-20T00:00:00");
    expect((await foretold()).fees).toEqual([
      "Starter plan, yearly fee, 10 Mar 2027 to 10 Mar 2028: 290.000000",
    ]);
  });

  it("has nothing of plans where there is none", async () => {
    setTime("2026-03-10T09:00:00");
    expect(await foretold()).toEqual({ fees: [], planNext: null, dueMicros: 0n });
  });
});
