import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { checkLedger } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { debtState, dun } from "@/lib/dunning/testing";
import { newId } from "@/lib/ids";
import { bill } from "@/lib/payments/bill-testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { changePlan } from "./commands/change";
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
  // The old debt has no lines.
  const broken = (await checkLedger(platform)).filter(({ count, id }) => count > 0 && id !== "I11");
  expect(broken).toEqual([]);
});

const choose = async (tenant: TestTenant, planId: string) => {
  const input = { planId, cycle: "monthly", requestKey: newId(), shownCents: 10_000_000n } as const;
  return (await changePlan(tenant.admin, input, atTime())).invoiceId ?? "";
};

/** The days on which an invoice that fell due on 24 January is gone after, but the last. */
const DAYS = ["01-24", "01-26", "01-31", "02-07", "02-14"];

async function gone(tenant: TestTenant, invoiceId: string, days: readonly string[]): Promise<string[]> {
  const ends: string[] = [];
  for (const day of days) {
    setTime(`2026-${day}T01:00:00`);
    ends.push(await dun(tenant, invoiceId));
  }
  return ends;
}

it("a plan that never began ends on day 30 with its first invoice, and nobody pays for it afterwards", async () => {
  const tenant = await makePrepaid();
  const first = await choose(tenant, team);
  expect((await gone(tenant, first, [...DAYS, "02-23", "02-24"])).slice(-3)).toEqual([
    "suspended",
    "ended",
    "nothing",
  ]);
  expect(await planBooks(tenant)).toMatchObject({
    plan: "pay-as-you-go",
    invoices: ["subscription void 99.00: plan 9900"],
    changes: ["start", "end"],
  });
  expect(await debtState(tenant, first)).toMatchObject({ workspace: "active", isBlocked: false });
  await expect(payByTransfer(platform, first)).rejects.toMatchObject({ reason: "already_paid" });
});

it("a plan that was chosen since an old debt fell due begins with its own payment, also when that is given up", async () => {
  const tenant = await makePrepaid();
  const old = await bill(tenant, new Date("2026-01-24T00:00:00Z"));
  await gone(tenant, old, DAYS);
  const first = await choose(tenant, team);
  expect(await gone(tenant, old, ["02-23"])).toEqual(["uncollectible"]);
  await payByTransfer(platform, first);
  expect(await planBooks(tenant)).toMatchObject({ status: "active", plan: "team", allowance: "80.000000" });
});

it("a raise that was given up with its plan keeps nothing back of one that is chosen afterwards", async () => {
  const tenant = await makePrepaid();
  await payByTransfer(platform, await choose(tenant, starter));
  const raise = await choose(tenant, team);
  expect((await gone(tenant, raise, [...DAYS, "02-23"])).at(-1)).toBe("uncollectible");
  await payByTransfer(platform, await choose(tenant, starter));
  expect(await planBooks(tenant)).toMatchObject({
    status: "active",
    plan: "starter",
    allowance: "20.000000",
  });
});
