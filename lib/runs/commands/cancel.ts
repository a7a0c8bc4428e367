import "server-only";
import { sql } from "drizzle-orm";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { dispatchCancel } from "../dispatch";
import { endingAsWorker } from "../end-line";
import { endRun } from "../end-run";
import { followUp, newFollowUps } from "../follow-up";
import type { RunStatus } from "../input";
import { executionIs, loadRun } from "../store";

/**
 * Stops a run. Calls that are under way are aborted, here at once and in other processes within seconds; what they used
 * is still billed. A run that has ended stays as it is. @throws AppError `not_found`
 */
export async function cancelRun(
  scope: TenantScope,
  { executionId }: { executionId: string },
): Promise<{ executionId: string; status: RunStatus }> {
  authorize(scope, "run.cancel");
  const { status, ups } = await endingAsWorker(scope, async (tx) => {
    const found = newFollowUps();
    const before = await loadRun(tx, scope, executionId);
    const ended = await endRun(tx, scope, before, { status: "cancelled" }, found);
    if (!ended) return { status: (await loadRun(tx, scope, executionId)).status, ups: null };
    await tx.update(executions).set({ cancelRequestedAt: sql`now()` }).where(executionIs(scope, executionId));
    await audit(tx, scope, {
      action: "run.cancel",
      targetType: "execution",
      targetId: executionId,
      before: { status: before.status },
      after: { status: "cancelled" },
    });
    return { status: "cancelled", ups: found };
  });
  if (ups) {
    await followUp(scope, ups);
    for (const endedId of ups.ended) await dispatchCancel(scope, endedId);
  }
  return { executionId, status: status as RunStatus };
}
