import { beforeAll, expect, it } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { NO_PLAN } from "@/lib/plans/input";
import { limitsOf } from "@/lib/runs/admission";
import { DEFAULT_LIMITS } from "@/lib/runs/limits";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { setPlanLimits, setTenantLimits } from "./commands/limits";
import { setPlanLimitsInput, setTenantLimitsInput } from "./input";
import { findTenantLimits, listPlanLimits } from "./queries/limits";
import { getTenant } from "./queries/tenants";

withTestDatabase();

let platform: PlatformScope;
let tenant: TestTenant;
const limits = () => asWorker(tenant.job, (tx) => limitsOf(tx, tenant.job));

beforeAll(async () => {
  platform = await makePlatform();
  tenant = await makeTenant();
});

it("a tenant has its own limits, else its plan's, else the default", async () => {
  const { tenantId } = tenant;
  expect(await limits()).toEqual(DEFAULT_LIMITS);
  await expect(
    setTenantLimits(platform, setTenantLimitsInput.parse({ tenantId, maxRunning: "2" })),
  ).rejects.toMatchObject({ code: "not_found" });
  await asPlatform(platform, (tx) => tx.insert(subscriptions).values({ tenantId, planName: "team" }));
  const plan = { planName: "team", maxRunning: "7", maxQueued: "70", startsPerMinute: "" };
  await setPlanLimits(platform, setPlanLimitsInput.parse(plan));
  expect(await limits()).toEqual({ maxRunning: 7, maxQueued: 70, startsPerMinute: null });
  await setTenantLimits(
    platform,
    setTenantLimitsInput.parse({ tenantId, maxRunning: "2", maxQueued: "", startsPerMinute: "30" }),
  );
  expect(await limits()).toEqual({ maxRunning: 2, maxQueued: 70, startsPerMinute: 30 });
  expect(await findTenantLimits(platform, tenantId)).toEqual({
    maxRunning: 2,
    maxQueued: null,
    startsPerMinute: 30,
  });
  const row = {
    planName: "team",
    isSet: true,
    tenants: 1,
    maxRunning: 7,
    maxQueued: 70,
    startsPerMinute: null,
  };
  expect(await listPlanLimits(platform)).toEqual([{ ...row, name: "team" }]);
});

it("the operator reads what a plan is called, not its key", async () => {
  const { tenantId } = await makeTenant((await makePartner()).partnerId);
  await asPlatform(platform, (tx) => tx.insert(subscriptions).values({ tenantId, planName: NO_PLAN }));
  expect((await getTenant(platform, tenantId)).planName).toBe("Pay as you go");
  expect((await listPlanLimits(platform)).map((plan) => plan.name)).toContain("Pay as you go");
});

it("a limit is a whole number within bounds, and named when it is not", () => {
  for (const maxRunning of ["0", "1.5", "many", "10001"]) {
    const parsed = setPlanLimitsInput.safeParse({ planName: "team", maxRunning, maxQueued: "1" });
    expect(parsed.error?.issues[0]?.path).toEqual(["maxRunning"]);
  }
});

it("a field that was emptied is no limit of nothing", () => {
  const parsed = setPlanLimitsInput.safeParse({ planName: "team", maxRunning: "7", maxQueued: "" });
  expect(parsed.error?.issues).toMatchObject([{ path: ["maxQueued"], message: "Give a number." }]);
  expect(setPlanLimitsInput.parse({ planName: "team", maxRunning: "7", maxQueued: "0" }).maxQueued).toBe(0);
});
