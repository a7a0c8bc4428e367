import "server-only";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { assumedTarget } from "../assumed-target";
import type { StartRunInput } from "../input";
import { assertSize, launchRun } from "../launch";
import type { RunStarted, StartedBy } from "../new-run";
import { pinTarget } from "../target";

/**
 * Starts a run of an agent, of a workflow as it is published, or of its draft, in which `usePins` lets nodes give their
 * pinned outputs. Who starts it by other means than the console or the API says so in `startedBy`.
 *
 * @throws AppError `invalid` with the fields that are wrong; `not_found`; `conflict`, reasons `idempotency_key_reused`,
 * and `stale_revision` for a draft that is another than was seen;
 * `precondition`, reasons `rate_missing`, `not_published`, `workflow_inactive`, `agent_inactive`; `limit_exceeded`
 */
export async function startRun(
  scope: TenantScope,
  request: StartRunInput,
  startedBy: StartedBy = {},
): Promise<RunStarted> {
  authorize(scope, "agentId" in request ? "agent.run" : "workflow.run");
  assertSize(request.input);
  const { idempotencyKey, ...asked } = request;
  const usesPins = "usePins" in request && request.usePins === true;
  const assumed = usesPins ? null : assumedTarget(scope, request);
  return launchRun(scope, { asked, idempotencyKey, startedBy, assumed }, async () => ({
    target: await pinTarget(scope, request),
    usesPins,
  }));
}
