import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { closeDue } from "@/lib/billing/commands/close";
import { voidInvoice } from "@/lib/billing/commands/void";
import { checkLedger } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { changePlan } from "./commands/change";
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
let roomy: string;
let bare: string;

beforeAll(async () => {
  platform = await makePlatform();
  await priceNodes();
  bare = await makePlan(platform, "Bare", { dollars: 9n });
  starter = await makePlan(platform, "Starter", { dollars: 29n, allowance: "20" });
  team = await makePlan(platform, "Team", { dollars: 99n, allowance: "80" });
  roomy = await makePlan(platform, "Roomy", { dollars: 29n, allowance: "51" });
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

/** A plan since 10 January that was raised on the 28th, and renewed before the difference was paid. */
async function raisedUnpaid(): Promise<{ tenant: TestTenant; raise: string; month: string }> {
  const tenant = await makePrepaid();
  await payByTransfer(platform, await choose(tenant, starter));
  setTime("2026-01-28T00:00:00");
  const raise = await choose(tenant, team);
  setTime("2026-02-10T02:00:00");
  await closeDue(atTime());
  const { invoiceIds, allowance } = await planBooks(tenant);
  expect(allowance).toBe("0.000000");
  return { tenant, raise, month: invoiceIds.at(-1) ?? "" };
}

const given = { plan: "team", allowance: "80.000000" };

describe("what a month includes, kept back while a raise is not paid", () => {
  it("is there once that is paid, whichever invoice is paid first", async () => {
    const last = await raisedUnpaid();
    await payByTransfer(platform, last.month);
    expect((await planBooks(last.tenant)).allowance).toBe("0.000000");
    await payByTransfer(platform, last.raise);
    expect(await planBooks(last.tenant)).toMatchObject(given);

    setTime("2026-01-10T00:00:00");
    const first = await raisedUnpaid();
    await payByTransfer(platform, first.raise);
    expect(await planBooks(first.tenant)).toMatchObject(given);
    await payByTransfer(platform, first.month);
    expect(await planBooks(first.tenant)).toMatchObject(given);
  });

  it("is there once nobody is asked for the raise any more", async () => {
    const { tenant, raise, month } = await raisedUnpaid();
    await payByTransfer(platform, month);
    await voidInvoice(platform, { invoiceId: raise, reason: "A gift", outcome: "write_off" }, atTime());
    expect(await planBooks(tenant)).toMatchObject(given);
  });
});

describe("what a month includes, of a plan that was raised from one that includes nothing", () => {
  it("is given once, also when another invoice is paid in that month", async () => {
    setTime("2026-01-05T00:00:00");
    const tenant = await makeTenant();
    await spendNodes(tenant, 3);
    setTime("2026-01-10T00:00:00");
    await payByTransfer(platform, await choose(tenant, bare));
    setTime("2026-01-10T02:00:00");
    await closeDue(atTime());
    const used = (await planBooks(tenant)).invoiceIds.at(-1) ?? "";
    setTime("2026-01-15T00:00:00");
    await payByTransfer(platform, await choose(tenant, team));
    const raised = await planBooks(tenant);
    expect(raised).toMatchObject({ plan: "team", allowance: "67.096774" });
    await payByTransfer(platform, used);
    expect((await planBooks(tenant)).lots).toEqual(raised.lots);
  });
});

describe("a raise that comes to nothing", () => {
  it("gives what the month includes more at once", async () => {
    const tenant = await makePrepaid();
    await payByTransfer(platform, await choose(tenant, starter));
    setTime("2026-01-15T00:00:00");
    await choose(tenant, roomy);
    expect(await planBooks(tenant)).toMatchObject({ plan: "roomy", allowance: "46.000000" });
  });
});
