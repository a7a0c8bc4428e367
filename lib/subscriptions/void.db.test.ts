import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import type { PlatformScope } from "@/db/scope";
import { closeDue } from "@/lib/billing/commands/close";
import { voidInvoice } from "@/lib/billing/commands/void";
import { checkLedger } from "@/lib/billing/run-checks";
import type { VoidOutcome } from "@/lib/billing/void-choices";
import { listVoidChoices } from "@/lib/billing/void-facts";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { changePlan } from "./commands/change";
import { renewDue } from "./renew";
import {
  atTime,
  makePlan,
  makePrepaid,
  payByTransfer,
  planBooks,
  priceNodes,
  setTime,
  spendNodes,
} from "./testing";

withTestDatabase();

let platform: PlatformScope;
let starter: string;
let team: string;

beforeAll(async () => {
  platform = await makePlatform();
  await priceNodes();
  starter = await makePlan(platform, "Starter", { dollars: 29n, allowance: "20" });
  team = await makePlan(platform, "Team", { dollars: 99n, allowance: "80" });
});
beforeEach(() => setTime("2026-01-10T00:00:00"));
afterEach(async () => {
  shiftClock(0);
  expect((await checkLedger(platform)).filter((check) => check.count > 0)).toEqual([]);
});

const choose = async (tenant: TestTenant, planId: string, cycle: "monthly" | "annual" = "monthly") => {
  const input = { planId, cycle, requestKey: newId(), shownCents: 10_000_000n };
  return (await changePlan(tenant.admin, input, atTime())).invoiceId ?? "";
};
const balanceOf = async ({ tenantId }: TestTenant) =>
  (await (await database()).pool.query("select balance from wallets where tenant_id = $1", [tenantId]))
    .rows[0].balance;
const voided = (invoiceId: string, outcome: VoidOutcome) =>
  voidInvoice(platform, { invoiceId, reason: "Wrong address", outcome }, atTime());

describe("the invoice of a higher plan that is made void", () => {
  it("and billed again, twice even, gives with its payment what the plan includes more, once", async () => {
    const tenant = await makePrepaid();
    await payByTransfer(platform, await choose(tenant, starter));
    setTime("2026-01-15T00:00:00");
    const { replacedBy } = await voided(await choose(tenant, team), "again");
    setTime("2026-01-16T00:00:00");
    const again = await voided(replacedBy ?? "", "again");
    await payByTransfer(platform, again.replacedBy);
    expect(await planBooks(tenant)).toMatchObject({
      plan: "team",
      allowance: "70.322581",
      lots: ["20.000000 until 2026-02-10T00:00", "50.322581 until 2026-02-10T00:00"],
    });
    // Who pays afterwards had it at once, and has it once.
    setTime("2026-01-10T00:00:00");
    const trusted = await makeTenant();
    await choose(trusted, starter);
    setTime("2026-01-15T00:00:00");
    const raised = await choose(trusted, team);
    await payByTransfer(platform, (await voided(raised, "again")).replacedBy);
    expect((await planBooks(trusted)).allowance).toBe("70.322581");
  });

  it("for good puts the old plan back, with what it includes and the time that it is paid for", async () => {
    const tenant = await makePrepaid();
    await payByTransfer(platform, await choose(tenant, starter));
    setTime("2026-01-15T00:00:00");
    await voided(await choose(tenant, team), "write_off");
    const before = {
      plan: "starter",
      status: "active",
      allowance: "20.000000",
      paidThrough: "2026-02-10T00:00",
    };
    expect(await planBooks(tenant)).toMatchObject({ ...before, changes: ["start", "upgrade", "downgrade"] });
    // By the year, which was to begin with the month that runs.
    await voided(await choose(tenant, starter, "annual"), "write_off");
    expect(await planBooks(tenant)).toMatchObject(before);
    setTime("2026-02-10T00:00:00");
    await renewDue(atTime());
    expect((await planBooks(tenant)).invoices).toContain("period draft 0.00: plan 2900");
  });

  it("takes back what was given before it was paid, and leaves a plan that was renewed since", async () => {
    const trusted = await makeTenant();
    await choose(trusted, starter);
    setTime("2026-01-15T00:00:00");
    await voided(await choose(trusted, team), "write_off");
    expect(await planBooks(trusted)).toMatchObject({ plan: "starter", allowance: "20.000000" });
    const raised = await choose(trusted, team);
    setTime("2026-02-10T00:00:00");
    await renewDue(atTime());
    await voided(raised, "write_off");
    expect(await planBooks(trusted)).toMatchObject({ plan: "team", paidThrough: "2026-03-10T00:00" });
  });
});

describe("the first invoice of a plan that is made void for good", () => {
  it("ends the plan, paid before it is used or afterwards", async () => {
    for (const tenant of [await makePrepaid(), await makeTenant()]) {
      await voided(await choose(tenant, starter), "write_off");
      expect(await planBooks(tenant)).toMatchObject({
        plan: "pay-as-you-go",
        status: "cancelled",
        allowance: "0.000000",
        changes: ["start", "end"],
      });
    }
  });
});

describe("the first invoice of a plan that was given up at Stripe", () => {
  it("is void once another plan is chosen instead: nobody owes for one that never began", async () => {
    const tenant = await makePrepaid();
    const given = await choose(tenant, starter);
    await (await database()).pool.query("update invoices set status = 'uncollectible' where id = $1", [
      given,
    ]);
    await payByTransfer(platform, await choose(tenant, team));
    expect(await planBooks(tenant)).toMatchObject({ plan: "team", status: "active", allowance: "80.000000" });
    expect((await planBooks(tenant)).invoices).toEqual([
      "subscription void 29.00: plan 2900",
      "subscription paid 99.00: plan 9900",
    ]);
  });
});

describe("the invoice of a month, with what was used in it and the plan's next fee, that is made void", () => {
  /** A plan since 10 January, whose first month is over and invoiced with $2 that no credit paid for. */
  async function renewed(): Promise<{ tenant: TestTenant; invoiceId: string }> {
    const tenant = await makeTenant();
    await payByTransfer(platform, await choose(tenant, starter));
    setTime("2026-01-20T00:00:00");
    await spendNodes(tenant, 22);
    setTime("2026-02-10T02:00:00");
    await closeDue(atTime());
    const { invoices, invoiceIds } = await planBooks(tenant);
    expect(invoices.at(-1)).toMatch(/^period pending 31\.00: plan 2900, usage 2200, covered -2000$/);
    return { tenant, invoiceId: invoiceIds.at(-1) ?? "" };
  }
  const ended = { plan: "pay-as-you-go", status: "cancelled", allowance: "0.000000" };
  const goesOn = { plan: "starter", status: "active", allowance: "20.000000" };

  it("has its usage billed again without the fee, and the plan ends with what it includes", async () => {
    const { tenant, invoiceId } = await renewed();
    expect((await listVoidChoices(platform, invoiceId)).map(({ outcome }) => outcome)).toEqual([
      "again",
      "usage",
      "write_off",
      "gift",
    ]);
    const { replacedBy } = await voided(invoiceId, "usage");
    expect(await planBooks(tenant)).toMatchObject({ ...ended, changes: ["start", "renew", "end"] });
    expect((await planBooks(tenant)).invoices.slice(-2)).toEqual([
      "period void 31.00: plan 2900, usage 2200, covered -2000",
      "period pending 2.00: usage 2200, covered -2000",
    ]);
    await payByTransfer(platform, replacedBy);
    expect(await balanceOf(tenant)).toBe("0.000000");
  });

  it("takes both away when it is written off: nothing is owed, and no later invoice takes the usage up", async () => {
    const { tenant, invoiceId } = await renewed();
    await voided(invoiceId, "write_off");
    expect(await planBooks(tenant)).toMatchObject(ended);
    expect(await balanceOf(tenant)).toBe("0.000000");
    setTime("2026-04-02T00:00:00");
    await closeDue(atTime());
    expect((await planBooks(tenant)).invoices.slice(1)).toEqual([
      "period void 31.00: plan 2900, usage 2200, covered -2000",
    ]);
  });

  it("leaves the plan as a gift until the time it was renewed for is over, and asks for the next", async () => {
    const { tenant, invoiceId } = await renewed();
    await voided(invoiceId, "gift");
    expect(await planBooks(tenant)).toMatchObject({ ...goesOn, paidThrough: "2026-03-10T00:00" });
    expect(await balanceOf(tenant)).toBe("0.000000");
    setTime("2026-03-10T02:00:00");
    await closeDue(atTime());
    expect((await planBooks(tenant)).invoices.at(-1)).toBe("period pending 29.00: plan 2900");
  });

  it("asks for the same again, and changes nothing of the plan", async () => {
    const { tenant, invoiceId } = await renewed();
    await voided(invoiceId, "again");
    expect(await planBooks(tenant)).toMatchObject(goesOn);
    expect((await planBooks(tenant)).invoices.at(-1)).toBe(
      "period pending 31.00: plan 2900, usage 2200, covered -2000",
    );
  });

  it("says of a plan that has ended meanwhile that it has, and offers no gift of it", async () => {
    const { tenant, invoiceId } = await renewed();
    const { pool } = await database();
    await pool.query("update invoices set status = 'uncollectible' where id = $1", [invoiceId]);
    await pool.query(
      "update subscriptions set status = 'cancelled', cancelled_at = now() where tenant_id = $1",
      [tenant.tenantId],
    );
    expect(await listVoidChoices(platform, invoiceId)).toMatchObject([
      { outcome: "again" },
      { outcome: "usage", hint: "Nobody is asked for the plan, which has ended." },
      { outcome: "write_off", hint: expect.stringContaining("has ended already") },
    ]);
    await expect(voided(invoiceId, "gift")).rejects.toMatchObject({ code: "invalid" });
    await payByTransfer(platform, (await voided(invoiceId, "usage")).replacedBy);
    expect(await balanceOf(tenant)).toBe("0.000000");
  });

  it("gives a plan that only begins to nobody as a gift", async () => {
    const tenant = await makeTenant();
    const invoiceId = await choose(tenant, starter);
    for (const outcome of ["gift", "usage"] as const)
      await expect(voided(invoiceId, outcome)).rejects.toMatchObject({ code: "invalid" });
    expect((await planBooks(tenant)).invoices).toEqual(["subscription pending 29.00: plan 2900"]);
  });
});
