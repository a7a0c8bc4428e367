import "server-only";
import { sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { dispatchCancel } from "../dispatch";
import { endRun } from "../finish";
import type { RunStatus } from "../input";
import { abortCalls, announceChange } from "../live";
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
  const { status, hasChanged } = await asWorker(scope, async (tx) => {
    const before = await loadRun(tx, scope, executionId);
    const ended = await endRun(tx, scope, executionId, { status: "cancelled" });
    if (!ended) return { status: (await loadRun(tx, scope, executionId)).status, hasChanged: false };
    await tx.update(executions).set({ cancelRequestedAt: sql`now()` }).where(executionIs(scope, executionId));
    await audit(tx, scope, {
      action: "run.cancel",
      targetType: "execution",
      targetId: executionId,
      before: { status: before.status },
      after: { status: "cancelled" },
    });
    return { status: "cancelled", hasChanged: true };
  });
  if (hasChanged) {
    abortCalls(executionId);
    announceChange(executionId);
    await dispatchCancel(scope, executionId);
  }
  return { executionId, status: status as RunStatus };
}
