import "server-only";
import { inArray } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import type { PlatformScope } from "@/db/scope";
import { engineLanes, engineStats } from "@/inngest/embedded";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";

export type JobStats = NonNullable<Awaited<ReturnType<typeof engineStats>>>;

/** The state of the queue; null where Inngest is the engine and shows it on its own pages. */
export async function getJobStats(scope: PlatformScope): Promise<JobStats | null> {
  authorize(scope, "job.read");
  return engineStats();
}

export type JobLane = Awaited<ReturnType<typeof engineLanes>>[number] & {
  /** Whose jobs these are, by name; null for work that is no tenant's. */
  tenantName: string | null;
};

/** Who waits for what, by function and tenant, the fullest first; at most 100. */
export async function listJobLanes(scope: PlatformScope): Promise<JobLane[]> {
  authorize(scope, "job.read");
  const lanes = await engineLanes();
  const ids = [...new Set(lanes.map((lane) => lane.key).filter(isId))];
  const names = new Map<string, string>();
  if (ids.length > 0) {
    const rows = await asPlatform(scope, (tx) =>
      tx.select({ id: tenants.id, name: tenants.name }).from(tenants).where(inArray(tenants.id, ids)),
    );
    for (const row of rows) names.set(row.id, row.name);
  }
  return lanes.map((lane) => ({ ...lane, tenantName: names.get(lane.key) ?? null }));
}
