import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { closeDue } from "@/lib/billing/commands/close";
import { checkLedger } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { setPlanPrice } from "@/lib/plans/commands";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelPlan, resumePlan } from "./commands/cancel";
import { changePlan } from "./commands/change";
import { getSubscription, previewChange } from "./queries";
import { renewDue } from "./renew";
import { atTime, makePlan, makePrepaid, payByTransfer, planBooks, setTime } from "./testing";

withTestDatabase();

let platform: PlatformScope;
let starter: string;
let team: string;
const MUCH = 10_000_000n;

const choose = (
  tenant: TestTenant,
  planId: string,
  cycle: "monthly" | "annual" = "monthly",
  requestKey = newId(),
) => changePlan(tenant.admin, { planId, cycle, requestKey, shownCents: MUCH }, atTime());
const press = () => ({ requestKey: newId() });

async function broken(): Promise<string[]> {
  const checks = await checkLedger(platform);
  return checks.filter((check) => check.count > 0).flatMap((check) => [check.id, ...check.subjects]);
}

beforeAll(async () => {
  platform = await makePlatform();
  starter = await makePlan(platform, "Starter", { dollars: 29n, allowance: "20" });
  team = await makePlan(platform, "Team", { dollars: 99n, allowance: "80" });
});
afterEach(() => shiftClock(0));

describe("a plan", () => {
  it("begins with an invoice, and what it includes is there once that is paid", async () => {
    setTime("2026-01-31T10:00:00");
    const tenant = await makePrepaid();
    const { invoiceId, payment } = await choose(tenant, starter);
    expect(payment).toBe("transfer");
    expect(await planBooks(tenant)).toMatchObject({
      status: "incomplete",
      plan: "starter",
      period: ["2026-01-31T10:00", "2026-02-28T10:00"],
      allowance: "0.000000",
      invoices: ["subscription pending 29.00: plan 2900"],
      changes: ["start"],
    });
    setTime("2026-02-03T10:00:00");
    await payByTransfer(platform, invoiceId);
    expect(await planBooks(tenant)).toMatchObject({
      status: "active",
      allowance: "20.000000",
      lots: ["20.000000 until 2026-02-28T10:00"],
      invoices: ["subscription paid 29.00: plan 2900"],
    });
    expect((await getSubscription(tenant.admin)).next).toMatchObject({ kind: "renew", cents: 2_900n });
    expect(await broken()).toEqual([]);
  });

  it("is there at once for those who pay afterwards, and makes one invoice of a double click", async () => {
    setTime("2026-03-10T00:00:00");
    const tenant = await makeTenant();
    const key = newId();
    const clicks = await Promise.all([1, 2, 3].map(() => choose(tenant, team, "monthly", key)));
    expect(new Set(clicks.map((click) => click.invoiceId)).size).toBe(1);
    expect(await planBooks(tenant)).toMatchObject({
      status: "active",
      allowance: "80.000000",
      invoices: ["subscription pending 99.00: plan 9900"],
      changes: ["start"],
    });
    await expect(choose(tenant, team)).rejects.toMatchObject({ code: "conflict", reason: "same_plan" });
  });

  it("renews each month from its day: 31 January, 28 February, 31 March; the fee is on the month's invoice", async () => {
    setTime("2026-01-31T10:00:00");
    const tenant = await makePrepaid();
    await payByTransfer(platform, (await choose(tenant, starter)).invoiceId);
    setTime("2026-02-28T09:59:59");
    expect(await renewDue(atTime())).toBe(0);
    setTime("2026-02-28T10:00:00");
    // The month's allowance is there at once, an hour before its usage is closed.
    await Promise.all([renewDue(atTime()), renewDue(atTime())]);
    expect(await planBooks(tenant)).toMatchObject({
      period: ["2026-02-28T10:00", "2026-03-31T10:00"],
      paidThrough: "2026-03-31T10:00",
      lots: ["20.000000 until 2026-02-28T10:00", "20.000000 until 2026-03-31T10:00"],
      invoices: ["subscription paid 29.00: plan 2900", "period draft 0.00: plan 2900"],
    });
    setTime("2026-02-28T11:00:00");
    await closeDue(atTime());
    await closeDue(atTime());
    expect((await planBooks(tenant)).invoices).toEqual([
      "subscription paid 29.00: plan 2900",
      "period pending 29.00: plan 2900",
    ]);
    expect(await broken()).toEqual([]);
  });

  it("catches up after the server was away for months: every fee once, on the document of its month", async () => {
    setTime("2026-01-15T00:00:00");
    const tenant = await makeTenant();
    await choose(tenant, starter);
    setTime("2026-04-20T00:00:00");
    await closeDue(atTime());
    const books = await planBooks(tenant);
    expect(books.period).toEqual(["2026-04-15T00:00", "2026-05-15T00:00"]);
    expect(books.invoices).toEqual([
      "subscription pending 29.00: plan 2900",
      "period pending 29.00: plan 2900",
      "period pending 29.00: plan 2900",
      "period pending 29.00: plan 2900",
    ]);
    // What the months that are over included is not given any more.
    expect(books.lots).toEqual(["20.000000 until 2026-02-15T00:00", "20.000000 until 2026-05-15T00:00"]);
    expect(await broken()).toEqual([]);
  });

  it("by the year asks once a year and gives each month; 29 February clamps and comes back", async () => {
    setTime("2028-02-29T08:00:00");
    const tenant = await makeTenant();
    await choose(tenant, starter, "annual");
    for (let month = 3; month <= 14; month += 1) {
      setTime(
        `${month > 12 ? 2029 : 2028}-${String(((month - 1) % 12) + 1).padStart(2, "0")}-29T08:00:00`.replace(
          "2029-02-29",
          "2029-02-28",
        ),
      );
      await renewDue(atTime());
    }
    const books = await planBooks(tenant);
    expect(books.lots).toHaveLength(13);
    expect(books.paidThrough).toBe("2030-02-28T08:00");
    expect(books.changes).toEqual(["start", "renew"]);
    expect(books.invoices.filter((one) => one.includes("plan"))).toEqual([
      "subscription pending 290.00: plan 29000",
      "period draft 0.00: plan 29000",
    ]);
  });

  it("takes the price of the day on which its fee is due", async () => {
    setTime("2026-05-01T00:00:00");
    const planId = await makePlan(platform, "Rising", { dollars: 10n });
    const tenant = await makeTenant();
    await choose(tenant, planId);
    await setPlanPrice(
      platform,
      {
        planId,
        billingCycle: "monthly",
        amount: 1_500n,
        effectiveFrom: new Date("2026-06-01T00:00:00Z"),
        currency: "USD",
      },
      atTime(),
    );
    expect((await getSubscription(tenant.admin)).next).toMatchObject({ cents: 1_500n });
    setTime("2026-06-01T00:00:01");
    await renewDue(atTime());
    expect((await planBooks(tenant)).invoices[1]).toBe("period draft 0.00: plan 1500");
  });
});

describe("a higher plan", () => {
  it("holds at once for two lines by the second, as they were shown; its part of the month comes with the payment", async () => {
    setTime("2026-01-31T00:00:00");
    const tenant = await makePrepaid();
    await payByTransfer(platform, (await choose(tenant, starter)).invoiceId);
    setTime("2026-02-14T00:00:00");
    const preview = await previewChange(tenant.admin, { planId: team, cycle: "monthly" }, atTime());
    expect(preview).toMatchObject({ kind: "now", totalCents: "3500", allowanceMicros: "30000000" });
    expect(preview.lines.map((line) => line.cents)).toEqual(["-1450", "4950"]);
    const less = { planId: team, cycle: "monthly", requestKey: newId(), shownCents: 100n } as const;
    await expect(changePlan(tenant.admin, less, atTime())).rejects.toMatchObject({ reason: "price_changed" });
    setTime("2026-02-14T00:00:00");
    const { invoiceId } = await choose(tenant, team);
    expect(await planBooks(tenant)).toMatchObject({
      plan: "team",
      status: "active",
      allowance: "20.000000",
      invoices: [
        "subscription paid 29.00: plan 2900",
        "plan_change pending 35.00: proration -1450, proration 4950",
      ],
    });
    await expect(choose(tenant, starter, "annual")).resolves.toMatchObject({ kind: "later" });
    await payByTransfer(platform, invoiceId);
    expect((await planBooks(tenant)).lots).toEqual([
      "20.000000 until 2026-02-28T00:00",
      "30.000000 until 2026-02-28T00:00",
    ]);
    expect(await broken()).toEqual([]);
  });

  it("is not raised again while the last raise is unpaid", async () => {
    setTime("2026-01-31T00:00:00");
    const tenant = await makePrepaid();
    await payByTransfer(platform, (await choose(tenant, starter)).invoiceId);
    await choose(tenant, team);
    await expect(choose(tenant, team, "annual")).rejects.toMatchObject({ reason: "unpaid_plan" });
    const look = previewChange(tenant.admin, { planId: team, cycle: "annual" }, atTime());
    await expect(look, "shown as if it could be had").rejects.toMatchObject({ reason: "unpaid_plan" });
  });
});

describe("a lower plan, and the end", () => {
  it("wait for the end of what is paid, and can be taken back", async () => {
    setTime("2026-01-10T00:00:00");
    const tenant = await makeTenant();
    await choose(tenant, team);
    expect(await choose(tenant, starter)).toEqual({
      kind: "later",
      invoiceId: null,
      payment: "none",
      isReplay: false,
    });
    expect((await getSubscription(tenant.admin)).next).toMatchObject({
      kind: "change",
      planName: "Starter",
      cents: 2_900n,
      at: new Date("2026-02-10T00:00:00Z"),
    });
    await expect(choose(tenant, starter)).rejects.toMatchObject({ code: "conflict", reason: "same_plan" });
    expect((await planBooks(tenant)).changes).toEqual(["start", "downgrade"]);
    await expect(choose(tenant, starter, "annual")).resolves.toMatchObject({ kind: "later" });
    await expect(choose(tenant, starter)).resolves.toMatchObject({ kind: "later" });
    await cancelPlan(tenant.admin, press(), atTime());
    await expect(cancelPlan(tenant.admin, press(), atTime())).rejects.toMatchObject({ code: "precondition" });
    await resumePlan(tenant.admin, press(), atTime());
    await choose(tenant, starter);
    setTime("2026-02-10T00:00:00");
    await renewDue(atTime());
    expect(await planBooks(tenant)).toMatchObject({
      plan: "starter",
      invoices: ["subscription pending 99.00: plan 9900", "period draft 0.00: plan 2900"],
      changes: ["start", ...Array(3).fill("downgrade"), "cancel", "resume", "downgrade", "renew"],
    });
    await cancelPlan(tenant.admin, press(), atTime());
    setTime("2026-03-10T00:00:00");
    await renewDue(atTime());
    await renewDue(atTime());
    expect(await planBooks(tenant)).toMatchObject({
      plan: "pay-as-you-go",
      status: "cancelled",
      allowance: expect.any(String),
    });
    expect((await getSubscription(tenant.admin)).state).toBe("none");
    // And can begin again, on another day.
    setTime("2026-03-20T00:00:00");
    await choose(tenant, team);
    await closeDue(atTime());
    expect((await planBooks(tenant)).period).toEqual(["2026-03-20T00:00", "2026-04-20T00:00"]);
    expect(await broken()).toEqual([]);
  });

  it("a plan that was never paid is taken back with its invoice, by its owner or by the time", async () => {
    setTime("2026-01-10T00:00:00");
    const [tenant, other] = [await makePrepaid(), await makePrepaid()];
    await choose(tenant, team);
    await choose(tenant, starter);
    await cancelPlan(tenant.admin, press(), atTime());
    expect(await planBooks(tenant)).toMatchObject({
      plan: "pay-as-you-go",
      invoices: ["subscription void 99.00: plan 9900", "subscription void 29.00: plan 2900"],
    });
    await choose(other, team);
    setTime("2026-02-10T00:00:00");
    await renewDue(atTime());
    expect(await planBooks(other)).toMatchObject({
      plan: "pay-as-you-go",
      lots: [],
      invoices: ["subscription void 99.00: plan 9900"],
    });
    expect(await broken()).toEqual([]);
  });

  it("is for the workspace's admins, and for plans that are offered", async () => {
    const tenant = await makeTenant();
    const input = { planId: team, cycle: "monthly", requestKey: newId(), shownCents: MUCH } as const;
    await expect(changePlan(tenant.member, input)).rejects.toMatchObject({ code: "forbidden" });
    await expect(cancelPlan(tenant.member, press(), atTime())).rejects.toMatchObject({ code: "forbidden" });
    await expect(choose(tenant, newId())).rejects.toMatchObject({ code: "not_found" });
    await expect(cancelPlan(tenant.admin, press(), atTime())).rejects.toMatchObject({ code: "precondition" });
  });
});
