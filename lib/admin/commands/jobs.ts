import "server-only";
import { eq } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import type { PlatformScope } from "@/db/scope";
import { engineControls, findEngineRun, readEngine } from "@/inngest/embedded";
import type { EngineControls } from "@/inngest/engine/control";
import { type AuditEvent, audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import type { JobLaneInput, JobRunInput } from "../input";

function controls(): EngineControls {
  const found = engineControls();
  if (!found)
    throw new AppError("precondition", "Inngest runs the jobs here: use the pages of your Inngest server.");
  return found;
}

/**
 * Records what is about to be done to the engine, whose tables are no part of a scope's transaction. Each of these acts
 * may be done again, so a record without its act is mended by asking once more; an act without a record cannot happen.
 */
async function record(scope: PlatformScope, event: AuditEvent, aboutTenant: unknown): Promise<void> {
  await asPlatform(scope, async (tx) => {
    const known = isId(aboutTenant)
      ? await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, aboutTenant))
      : [];
    await audit(tx, scope, { ...event, tenantId: known[0]?.id ?? null });
  });
}

async function assertLane(lane: JobLaneInput): Promise<void> {
  const view = await readEngine();
  const isServed = view?.functions.some(({ functionId }) => functionId === lane.functionId);
  if (!isServed) throw new AppError("not_found", `There is no job ${lane.functionId}.`);
}

/** Takes no more work of a job, or of one tenant's part of it; what is worked on ends. @throws AppError `not_found` */
export async function pauseJob(scope: PlatformScope, lane: JobLaneInput): Promise<JobLaneInput> {
  authorize(scope, "job.manage");
  const { pause } = controls();
  await assertLane(lane);
  await record(
    scope,
    { action: "job.pause", targetType: "job", targetId: lane.functionId, after: lane },
    lane.key,
  );
  await pause(lane);
  return lane;
}

/** Takes work of it again. @throws AppError `not_found` */
export async function resumeJob(scope: PlatformScope, lane: JobLaneInput): Promise<JobLaneInput> {
  authorize(scope, "job.manage");
  const { resume } = controls();
  await assertLane(lane);
  await record(
    scope,
    { action: "job.resume", targetType: "job", targetId: lane.functionId, after: lane },
    lane.key,
  );
  await resume(lane);
  return lane;
}

/** Does the work of a failed job again, once however often it is asked. @throws AppError `not_found`, `precondition` */
export async function retryJob(scope: PlatformScope, { runId }: JobRunInput): Promise<{ runId: string }> {
  authorize(scope, "job.manage");
  const { retry } = controls();
  const run = await findEngineRun(runId);
  if (run?.status !== "failed") throw new AppError("not_found", "There is no failed job with this id.");
  const after = { functionId: run.functionId };
  await record(
    scope,
    { action: "job.retry", targetType: "job_run", targetId: runId, after },
    run.about.tenantId,
  );
  const retried = await retry(runId);
  if (retried.outcome === "started") return { runId: retried.runId };
  if (retried.outcome === "unknown")
    throw new AppError("not_found", "There is no failed job with this id any more.");
  throw new AppError("precondition", `No process serves the job ${run.functionId} any more.`);
}

/**
 * Ends a job that goes on. A run of a workspace that it worked for is not ended by it: that has its own cancel.
 * @throws AppError `not_found` also for a job that has ended
 */
export async function cancelJob(scope: PlatformScope, { runId }: JobRunInput): Promise<{ runId: string }> {
  authorize(scope, "job.manage");
  const { cancel } = controls();
  const run = await findEngineRun(runId);
  if (run?.status !== "queued" && run?.status !== "running")
    throw new AppError("not_found", "This job has ended, or never was.");
  const change = { before: { status: run.status }, after: { status: "cancelled" } };
  await record(
    scope,
    { action: "job.cancel", targetType: "job_run", targetId: runId, ...change },
    run.about.tenantId,
  );
  if (!(await cancel(runId))) throw new AppError("not_found", "This job has just ended by itself.");
  return { runId };
}

/** Forgets what the engine knows of jobs that have ended; runs, documents and their records stay. */
export async function purgeJobs(scope: PlatformScope): Promise<{ purged: number }> {
  authorize(scope, "job.manage");
  const { purgeEnded } = controls();
  await record(scope, { action: "job.purge", targetType: "job_run" }, null);
  return { purged: await purgeEnded() };
}
