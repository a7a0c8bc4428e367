import "server-only";
import type { PlatformScope } from "@/db/scope";
import { engineStats } from "@/inngest/embedded";
import { authorize } from "@/lib/auth/authorize";

export type JobStats = NonNullable<Awaited<ReturnType<typeof engineStats>>>;

/** The state of the queue; null where Inngest is the engine and shows it on its own pages. */
export async function getJobStats(scope: PlatformScope): Promise<JobStats | null> {
  authorize(scope, "job.read");
  return engineStats();
}
