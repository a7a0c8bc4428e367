import "server-only";
import type { TenantScope } from "@/db/scope";
import { errorOf } from "@/lib/api/execution-view";
import { jsonResponse } from "@/lib/api/json-response";
import { waitForRun } from "@/lib/api/wait";
import { env } from "@/lib/env";
import { isFinished } from "@/lib/runs/input";
import { getRunResult } from "@/lib/runs/run-queries";
import type { ReceivedCall } from "./commands/receive-call";

const HEADERS = { "cache-control": "no-store" };

/**
 * What a webhook's caller is told: at once the run's id and where to ask for it, or the result when it is waited for
 * and there in time: null with the error of a run that failed. A call that came before gets the first one's run, with `replayed`.
 */
export async function callAnswer(
  scope: TenantScope,
  received: ReceivedCall,
  request: Request,
): Promise<Response> {
  if (received.outcome === "captured") {
    const message = "Kept as a sample; nothing was started.";
    return jsonResponse({ captured: true, message }, { status: 202, headers: HEADERS });
  }
  const { executionId, isReplay, answer } = received;
  const isAwaited = answer.answer === "with_result";
  if (isAwaited) await waitForRun(scope, executionId, request, answer.waitSeconds);
  const run = await getRunResult(scope, executionId);
  const isDone = isAwaited && isFinished(run.status);
  const body = {
    executionId,
    status: run.status,
    statusUrl: `${env().appUrl}/api/v1/executions/${executionId}`,
    ...(isReplay ? { replayed: true } : {}),
    ...(isDone ? { result: run.result, error: errorOf(run) } : {}),
  };
  return jsonResponse(body, { status: isDone ? 200 : 202, headers: HEADERS });
}
