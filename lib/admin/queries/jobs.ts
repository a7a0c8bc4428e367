import "server-only";
import { eq, inArray, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { tenants } from "@/db/schema/auth";
import type { PlatformScope } from "@/db/scope";
import { type EngineView, engineStallMs, readEngine } from "@/inngest/embedded";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { isNotPart } from "./not-part";

export type JobStats = EngineView["stats"];
type WithTenant<T> = T & {
  /** Whose work it is, by name; null for work that is no tenant's. */
  tenantName: string | null;
};
export type JobLane = WithTenant<EngineView["lanes"][number]>;
export type OpenJob = WithTenant<EngineView["open"][number]>;
export type FailedJob = WithTenant<EngineView["failures"][number]>;
export type JobFunction = EngineView["functions"][number];
export type JobProcess = EngineView["processes"][number];

export type Jobs = {
  stats: JobStats;
  stalledMs: number;
  functions: JobFunction[];
  processes: JobProcess[];
  lanes: JobLane[];
  open: OpenJob[];
  failures: FailedJob[];
};

/** The engine at a glance, tenants by their names; null where Inngest is the engine and shows it on its own pages. */
export async function getJobs(scope: PlatformScope): Promise<Jobs | null> {
  authorize(scope, "job.read");
  const view = await readEngine();
  if (!view) return null;
  const { lanes, open, failures, ...rest } = view;
  const about = [...open, ...failures].map((run) => run.about.tenantId);
  const names = await namesOf(scope, [...lanes.map((lane) => lane.key), ...about]);
  const nameOf = (tenantId: string | null | undefined) => names.get(tenantId ?? "") ?? null;
  return {
    ...rest,
    lanes: lanes.map((lane) => ({ ...lane, tenantName: nameOf(lane.key) })),
    open: open.map((run) => ({ ...run, tenantName: nameOf(run.about.tenantId) })),
    failures: failures.map((run) => ({ ...run, tenantName: nameOf(run.about.tenantId) })),
  };
}

/** How long work has been due that no process takes up, as far as no operator holds it; 0 while all is well. */
export async function jobStallMs(scope: PlatformScope): Promise<number> {
  authorize(scope, "job.read");
  return engineStallMs();
}

async function namesOf(
  scope: PlatformScope,
  keys: readonly (string | null | undefined)[],
): Promise<Map<string, string>> {
  const ids = [...new Set(keys.filter(isId))];
  if (ids.length === 0) return new Map();
  const rows = await asPlatform(scope, (tx) =>
    tx.select({ id: tenants.id, name: tenants.name }).from(tenants).where(inArray(tenants.id, ids)),
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** The runs of one workspace that go on, and those that failed in the last 24 hours; parts of runs are not counted. */
export type TenantBacklog = {
  tenantId: string;
  tenantName: string;
  pending: number;
  oldestPendingMs: number;
  running: number;
  waiting: number;
  failed: number;
};

const MOST_TENANTS = 2_000;

/** The workspaces with runs on their way or failed, those with the most pending first; at most 2,000. */
export async function listRunBacklog(scope: PlatformScope): Promise<TenantBacklog[]> {
  authorize(scope, "job.read");
  return asPlatform(scope, (tx) => runBacklog(tx));
}

/** The same in an open transaction. The runs are found once for all workspaces, and of those that ended only the newest. */
export function runBacklog(tx: Tx) {
  const { tenantId, status, createdAt, completedAt } = executions;
  const live = (name: string) => sql<number>`count(*) filter (where ${status} = ${name})::int`.as(name);
  const counts = tx
    .select({
      tenantId,
      pending: live("pending"),
      oldestPendingMs:
        sql<number>`coalesce(extract(epoch from now() - min(${createdAt}) filter (where ${status} = 'pending')) * 1000, 0)::float8`.as(
          "oldest",
        ),
      running: live("running"),
      waiting: live("waiting"),
      failed: live("failed"),
    })
    .from(executions)
    .where(
      sql`${isNotPart} and (${status} in ('pending', 'running', 'waiting')
        or (${status} = 'failed' and ${completedAt} > now() - interval '24 hours'))`,
    )
    .groupBy(tenantId)
    .as("counts");
  return tx
    .select({
      tenantId: tenants.id,
      tenantName: tenants.name,
      pending: counts.pending,
      oldestPendingMs: counts.oldestPendingMs,
      running: counts.running,
      waiting: counts.waiting,
      failed: counts.failed,
    })
    .from(tenants)
    .innerJoin(counts, eq(counts.tenantId, tenants.id))
    .orderBy(sql`${counts.pending} desc, ${counts.running} desc, ${tenants.name}`)
    .limit(MOST_TENANTS);
}
