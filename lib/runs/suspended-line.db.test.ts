import { eq } from "drizzle-orm";
import { beforeAll, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { subscriptions } from "@/db/schema/plans";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { admitWaiting } from "./admission";
import { ASKING, drive, start } from "./commands/testing";
import { publishGraph, readRun, seedRunPrices } from "./testing";
import { whyWaiting } from "./why-waiting";

withTestDatabase();

beforeAll(() => seedRunPrices());

async function become({ tenantId }: TestTenant, status: "active" | "suspended"): Promise<void> {
  await asSystem("test", (tx) => tx.update(tenants).set({ status }).where(eq(tenants.id, tenantId)));
}

it("runs in line of a workspace that is suspended stay there, say why, and begin once it is active", async () => {
  const tenant = await makeTenant();
  await asSystem("test", (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "small", maxRunning: 1 }),
  );
  const workflowId = await publishGraph(tenant.admin, "Ask", ASKING);
  const [first = "", second = "", third = ""] = [
    await start(tenant, workflowId),
    await start(tenant, workflowId),
    await start(tenant, workflowId),
  ];
  const work = async () => {
    await admitWaiting(tenant.job);
    for (const id of [first, second, third]) await drive(tenant, id);
    const runs = await Promise.all([first, second, third].map((id) => readRun(tenant.job, id)));
    return runs.map(({ run }) => run.errorCode ?? run.status);
  };
  await drive(tenant, first, "input");
  await become(tenant, "suspended");
  // What has begun stops before its next step, and makes room that is not taken.
  expect(await work()).toEqual(["tenant_suspended", "pending", "pending"]);
  expect(await work()).toEqual(["tenant_suspended", "pending", "pending"]);
  expect(await whyWaiting(tenant.member, second)).toEqual({ kind: "suspended" });

  await become(tenant, "active");
  expect(await whyWaiting(tenant.member, third)).toMatchObject({ kind: "line", position: 2 });
  expect(await work()).toEqual(["tenant_suspended", "completed", "completed"]);
});
