import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { whileHeld } from "@/lib/testing/held";
import { makeTenant } from "@/lib/testing/scopes";
import { drive, driveOn, startMany } from "./faults/testing/many";
import { seedFaultModel, statusOf } from "./faults/testing/scene";
import { MOST_ASKING } from "./room-line";

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

it.runIf(testServerUrl())(
  "keeps few of a process's connections waiting for one tenant's room, so that the others have theirs",
  async () => {
    const [crowded, other] = [await makeTenant(), await makeTenant()];
    const runs = await startMany(crowded, model, 12);
    const [lone = ""] = await startMany(other, model, 1);
    const place = {
      lock: "select pg_advisory_xact_lock(hashtextextended('steps:' || $1, 0))",
      of: crowded.tenantId,
    };
    const all = () => Promise.allSettled(runs.map((id) => drive(crowded, id)));
    const [ends] = await whileHeld(place, [all], async () => {
      await driveOn(other, lone);
      expect(await statusOf(lone)).toBe("completed");
    });
    // Those that were asking may have waited longer than a lock is waited for; nobody else was at it.
    const refused = (ends as Awaited<ReturnType<typeof all>>).filter(({ status }) => status === "rejected");
    expect(refused.length).toBeLessThanOrEqual(MOST_ASKING);
    await Promise.all(runs.map((id) => driveOn(crowded, id)));
    expect(await Promise.all(runs.map(statusOf))).toEqual(runs.map(() => "completed"));
  },
);
