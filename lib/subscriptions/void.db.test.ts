import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { voidInvoice } from "@/lib/billing/commands/void";
import { checkLedger } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { changePlan } from "./commands/change";
import { renewDue } from "./renew";
import { atTime, makePlan, makePrepaid, payByTransfer, planBooks, setTime } from "./testing";

withTestDatabase();

let platform: PlatformScope;
let starter: string;
let team: string;

beforeAll(async () => {
  platform = await makePlatform();
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
const voided = (invoiceId: string, rebill: boolean) =>
  voidInvoice(platform, { invoiceId, reason: "Wrong address", rebill }, atTime());

describe("the invoice of a higher plan that is made void", () => {
  it("and billed again, twice even, gives with its payment what the plan includes more, once", async () => {
    const tenant = await makePrepaid();
    await payByTransfer(platform, await choose(tenant, starter));
    setTime("2026-01-15T00:00:00");
    const { replacedBy } = await voided(await choose(tenant, team), true);
    setTime("2026-01-16T00:00:00");
    const again = await voided(replacedBy ?? "", true);
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
    await payByTransfer(platform, (await voided(raised, true)).replacedBy);
    expect((await planBooks(trusted)).allowance).toBe("70.322581");
  });

  it("for good puts the old plan back, with what it includes and the time that it is paid for", async () => {
    const tenant = await makePrepaid();
    await payByTransfer(platform, await choose(tenant, starter));
    setTime("2026-01-15T00:00:00");
    await voided(await choose(tenant, team), false);
    const before = {
      plan: "starter",
      status: "active",
      allowance: "20.000000",
      paidThrough: "2026-02-10T00:00",
    };
    expect(await planBooks(tenant)).toMatchObject({ ...before, changes: ["start", "upgrade", "downgrade"] });
    // By the year, which was to begin with the month that runs.
    await voided(await choose(tenant, starter, "annual"), false);
    expect(await planBooks(tenant)).toMatchObject(before);
    setTime("2026-02-10T00:00:00");
    await renewDue(atTime());
    expect((await planBooks(tenant)).invoices).toContain("period draft 0.00: plan 2900");
  });

  it("takes back what was given before it was paid, and leaves a plan that was renewed since", async () => {
    const trusted = await makeTenant();
    await choose(trusted, starter);
    setTime("2026-01-15T00:00:00");
    await voided(await choose(trusted, team), false);
    expect(await planBooks(trusted)).toMatchObject({ plan: "starter", allowance: "20.000000" });
    const raised = await choose(trusted, team);
    setTime("2026-02-10T00:00:00");
    await renewDue(atTime());
    await voided(raised, false);
    expect(await planBooks(trusted)).toMatchObject({ plan: "team", paidThrough: "2026-03-10T00:00" });
  });
});

describe("the first invoice of a plan that is made void for good", () => {
  it("ends the plan, paid before it is used or afterwards", async () => {
    for (const tenant of [await makePrepaid(), await makeTenant()]) {
      await voided(await choose(tenant, starter), false);
      expect(await planBooks(tenant)).toMatchObject({
        plan: "pay-as-you-go",
        status: "cancelled",
        allowance: "0.000000",
        changes: ["start", "end"],
      });
    }
  });
});
