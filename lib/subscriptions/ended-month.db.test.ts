import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { nextInvoice } from "@/lib/billing/next-invoice";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelPlan } from "./commands/cancel";
import { changePlan } from "./commands/change";
import { getSubscription, previewChange } from "./queries";
import { renewDue } from "./renew";
import { atTime, makePlan, planBooks, setTime } from "./testing";

withTestDatabase();

let platform: PlatformScope;
let starter: string;
let team: string;

beforeAll(async () => {
  platform = await makePlatform();
  starter = await makePlan(platform, "Starter", { dollars: 29n, allowance: "20" });
  team = await makePlan(platform, "Team", { dollars: 99n, allowance: "80" });
});
afterEach(() => shiftClock(0));

const look = (tenant: TestTenant, planId: string) =>
  previewChange(tenant.admin, { planId, cycle: "monthly" }, atTime());

/** Chooses a plan for what was shown, and gives the last invoice. */
async function take(tenant: TestTenant, planId: string, shownCents: string) {
  const input = { planId, cycle: "monthly", requestKey: newId(), shownCents: BigInt(shownCents) } as const;
  await changePlan(tenant.admin, input, atTime());
  return (await planBooks(tenant)).invoices.at(-1);
}

async function subscribed(planId: string): Promise<TestTenant> {
  setTime("2026-05-01T00:00:00");
  const tenant = await makeTenant();
  await take(tenant, planId, "10000");
  return tenant;
}

/** The month has ended, and nobody has renewed the plan yet. */
const justEnded = () => setTime("2026-06-01T00:00:30");

describe("what choosing a plan would cost just after its month has ended", () => {
  it("is the difference for the month that has begun, as it is asked for", async () => {
    const tenant = await subscribed(starter);
    justEnded();
    const shown = await look(tenant, team);
    expect(shown).toMatchObject({ kind: "now", totalCents: "7000", allowanceMicros: "59999306" });
    expect(shown.paidThrough).toEqual(new Date("2026-07-01T00:00:00Z"));
    expect(await take(tenant, team, shown.totalCents)).toMatch(/^plan_change pending 70\.00/);
  });

  it("counts from the lower plan that was noted for then", async () => {
    const tenant = await subscribed(team);
    await take(tenant, starter, "0");
    justEnded();
    expect((await look(tenant, starter)).kind).toBe("same");
    const shown = await look(tenant, team);
    expect(shown).toMatchObject({ kind: "now", totalCents: "7000" });
    expect(await take(tenant, team, shown.totalCents)).toMatch(/^plan_change pending 70\.00/);
  });

  it("is the whole fee where the plan ended with it", async () => {
    const tenant = await subscribed(starter);
    await cancelPlan(tenant.admin, { requestKey: newId() });
    justEnded();
    const shown = await look(tenant, starter);
    expect(shown).toMatchObject({ kind: "start", totalCents: "2900" });
    expect(await take(tenant, starter, shown.totalCents)).toBe("subscription pending 29.00: plan 2900");
  });
});

describe("what the pages of billing say just after a month has ended", () => {
  /** What they say, but for what the month includes: that is there once it is given. */
  async function shown({ admin }: TestTenant) {
    const { allowance: _, ...plan } = await getSubscription(admin, atTime());
    return { plan, next: await nextInvoice(admin, atTime()) };
  }

  const cases: [string, (tenant: TestTenant) => Promise<unknown>][] = [
    ["a plan that goes on", async () => null],
    ["a lower plan that was noted for then", (tenant) => take(tenant, starter, "0")],
    ["a plan that ended with it", ({ admin }) => cancelPlan(admin, { requestKey: newId() })],
  ];
  it.each(cases)("is what they say once it is renewed: %s", async (_name, prepare) => {
    const tenant = await subscribed(team);
    const { plan: before } = await shown(tenant);
    await prepare(tenant);
    justEnded();
    const just = await shown(tenant);
    expect(just.plan).not.toEqual(before);
    await renewDue(atTime());
    expect(just).toEqual(await shown(tenant));
  });

  it("has the fee of the month that has begun, and the month as the one that runs", async () => {
    const tenant = await subscribed(team);
    justEnded();
    const { plan, next } = await shown(tenant);
    const month = { start: new Date("2026-06-01T00:00:00Z"), end: new Date("2026-07-01T00:00:00Z") };
    expect(plan).toMatchObject({
      period: month,
      paidThrough: month.end,
      next: { kind: "renew", at: month.end },
    });
    expect(next).toMatchObject({ period: month, closingFeesMicros: 99_000_000n });
  });
});
