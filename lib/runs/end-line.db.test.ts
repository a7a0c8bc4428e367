import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { until } from "@/inngest/engine/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { type Hold, waiting, whileHeld } from "@/lib/testing/held";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelRun } from "./commands/cancel";
import { MOST_ENDING } from "./end-line";
import { driveOn, startMany } from "./faults/testing/many";
import { seedFaultModel, statusOf } from "./faults/testing/scene";
import { STEPS_AT_ONCE_PER_TENANT } from "./slots";

const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  const started = await startProvider();
  process.env.OUTBOUND_ALLOW = started.host;
  return started;
});

withTestDatabase();

let model: string;
beforeAll(async () => {
  model = await seedFaultModel(provider);
});
afterAll(() => provider.close());

const placeOf = ({ tenantId }: TestTenant): Hold => ({
  lock: "select pg_advisory_xact_lock(hashtextextended('admission:' || $1, 0))",
  of: tenantId,
});

const refusedOf = (ends: unknown) =>
  (ends as PromiseSettledResult<unknown>[]).filter(({ status }) => status === "rejected");

it.runIf(testServerUrl())(
  "keeps few of a process's connections waiting to stop one tenant's runs, so that the others have theirs",
  async () => {
    const [crowded, other] = [await makeTenant(), await makeTenant()];
    const runs = await startMany(crowded, model, 12);
    const [lone = ""] = await startMany(other, model, 1);
    const stop = ({ admin }: TestTenant, executionId: string) => cancelRun(admin, { executionId });
    const all = () => Promise.allSettled(runs.map((id) => stop(crowded, id)));
    const [ends] = await whileHeld(placeOf(crowded), [all], async () => {
      expect(await stop(other, lone)).toMatchObject({ status: "cancelled" });
    });
    // Those that were at it may have waited longer than a lock is waited for.
    expect(refusedOf(ends).length).toBeLessThanOrEqual(MOST_ENDING);
  },
);

it.runIf(testServerUrl())("and to end those that are driven: the others wait without one", async () => {
  const [crowded, other] = [await makeTenant(), await makeTenant()];
  const runs = await startMany(crowded, model, STEPS_AT_ONCE_PER_TENANT);
  const [lone = ""] = await startMany(other, model, 1);
  const asked = provider.requests.length;
  const all = () => Promise.allSettled(runs.map((id) => driveOn(crowded, id)));
  await whileHeld(placeOf(crowded), [all], async () => {
    await until("all to have their answers", () => provider.requests.length >= asked + runs.length);
    await driveOn(other, lone);
    expect(await statusOf(lone)).toBe("completed");
    expect(await waiting()).toBeLessThanOrEqual(MOST_ENDING);
  });
  await Promise.all(runs.map((id) => driveOn(crowded, id)));
  expect(await Promise.all(runs.map(statusOf))).toEqual(runs.map(() => "completed"));
});
