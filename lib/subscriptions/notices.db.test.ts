import { afterEach, beforeAll, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { readBell } from "@/lib/notifications/queries/inbox";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelPlan } from "./commands/cancel";
import { changePlan } from "./commands/change";
import { tellPlans } from "./notices";
import { renewDue } from "./renew";
import { atTime, makePlan, setTime } from "./testing";

withTestDatabase();

let team = "";
let starter = "";
beforeAll(async () => {
  const platform = await makePlatform();
  team = await makePlan(platform, "Team", { dollars: 99n });
  starter = await makePlan(platform, "Starter", { dollars: 29n });
});
afterEach(() => shiftClock(0));

async function choose(tenant: TestTenant, planId: string, cycle: "monthly" | "annual" = "monthly") {
  const input = { planId, cycle, requestKey: newId(), shownCents: 100_000_000n };
  await changePlan(tenant.admin, input, atTime());
}

/** What the sweep does, twice: nobody is told twice. */
async function sweep(): Promise<void> {
  await renewDue(atTime());
  await tellPlans();
  expect(await tellPlans()).toBe(0);
}

async function told({ admin, member }: TestTenant): Promise<string[]> {
  expect((await readBell(member)).latest).toEqual([]);
  const { latest } = await readBell(admin);
  return latest.flatMap(({ kind, title }) => (kind === "plan_changed" ? title : []));
}

it("admins are told that a lower plan has begun, and that a plan has ended; not of what they did themselves", async () => {
  setTime("2026-01-10T00:00:00");
  const tenant = await makeTenant();
  await choose(tenant, team);
  await choose(tenant, starter);
  await sweep();
  expect(await told(tenant)).toEqual([]);
  setTime("2026-02-10T00:00:00");
  await sweep();
  expect(await told(tenant)).toEqual(["Your plan is Starter now"]);
  expect(await mailsTo(`${tenant.adminId}@example.test`)).toContainEqual({
    subject: "Your plan is Starter now",
    actionUrl: expect.stringContaining("/app/billing/plan"),
  });
  const [notice] = (await readBell(tenant.admin)).latest;
  expect(notice?.body).toBe(
    "As you asked, it took the place of Team on 10 February 2026. It is paid by the month.",
  );
  // A month of the same plan is no news.
  setTime("2026-03-10T00:00:00");
  await sweep();
  expect(await told(tenant)).toHaveLength(1);
  await cancelPlan(tenant.admin, { requestKey: newId() }, atTime());
  setTime("2026-04-10T00:00:00");
  await sweep();
  expect(await told(tenant)).toEqual(["Your plan Starter has ended", "Your plan is Starter now"]);
});

it("admins are told that a plan is paid by the month from now on", async () => {
  setTime("2026-01-10T00:00:00");
  const tenant = await makeTenant();
  await choose(tenant, team, "annual");
  await choose(tenant, team);
  setTime("2027-01-10T00:00:00");
  await sweep();
  expect(await told(tenant)).toEqual(["Your plan Team is paid by the month now"]);
});

it("admins are told three days before a trial ends, and when it has", async () => {
  setTime("2026-01-10T00:00:00");
  const tenant = await makeTenant();
  await asSystem("test", (tx) =>
    tx.insert(subscriptions).values({
      tenantId: tenant.tenantId,
      planName: "trial",
      status: "trialing",
      trialEndsAt: new Date("2026-01-20T12:00:00Z"),
    }),
  );
  setTime("2026-01-17T11:00:00");
  await sweep();
  expect(await told(tenant)).toEqual([]);
  setTime("2026-01-17T13:00:00");
  await sweep();
  expect(await told(tenant)).toEqual(["Your trial ends on 20 January 2026"]);
  setTime("2026-01-20T12:01:00");
  await sweep();
  expect(await told(tenant)).toEqual(["Your trial is over", "Your trial ends on 20 January 2026"]);
});

it("what happened long ago is no news", async () => {
  setTime("2026-01-10T00:00:00");
  const tenant = await makeTenant();
  await choose(tenant, team);
  await choose(tenant, starter);
  setTime("2026-02-10T00:00:00");
  await renewDue(atTime());
  setTime("2026-02-14T00:00:00");
  await sweep();
  expect(await told(tenant)).toEqual([]);
});
