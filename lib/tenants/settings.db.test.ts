import { eq } from "drizzle-orm";
import { afterEach, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { plans, subscriptions } from "@/db/schema/plans";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { changePlan } from "@/lib/subscriptions/commands/change";
import { renewDue } from "@/lib/subscriptions/renew";
import { atTime, makePlan, makePrepaid, payByTransfer, setTime } from "@/lib/subscriptions/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { getWorkspaceSettings } from "./settings";

withTestDatabase();
afterEach(() => shiftClock(0));

it("names the plan that is tried or held, by its name, and none once a trial is over", async () => {
  setTime("2026-01-31T10:00:00");
  const platform = await makePlatform();
  const planId = await makePlan(platform, "Outreach", { dollars: 29n, allowance: "20" });
  const tenant = await makePrepaid();
  const trialEndsAt = new Date("2026-02-14T10:00:00Z");
  const shown = async () => {
    const { planName, trialEndsAt: endsAt } = await getWorkspaceSettings(tenant.member);
    return [planName, endsAt];
  };
  await asSystem("test", async (tx) => {
    const [tried] = await tx.select({ planName: plans.key }).from(plans).where(eq(plans.id, planId));
    if (!tried) throw new Error("there is no plan");
    const trial = { ...tried, status: "trialing", trialEndsAt, anchorAt: atTime() };
    await tx.insert(subscriptions).values({ tenantId: tenant.tenantId, ...trial });
  });
  expect(await shown()).toEqual(["Outreach", trialEndsAt]);
  setTime("2026-02-14T11:00:00");
  expect(await shown()).toEqual([null, null]);
  await renewDue(atTime());
  expect(await shown()).toEqual([null, null]);
  const asked = { planId, cycle: "monthly", requestKey: newId(), shownCents: 10_000_000n } as const;
  const { invoiceId } = await changePlan(tenant.admin, asked, atTime());
  await payByTransfer(platform, invoiceId);
  expect(await shown()).toEqual(["Outreach", null]);
});
