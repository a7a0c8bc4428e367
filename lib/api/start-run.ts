import "server-only";
import type { TenantScope } from "@/db/scope";
import { authorize, denial } from "@/lib/auth/authorize";
import { startRun } from "@/lib/runs/commands/start";
import { isFinished, type StartRunInput } from "@/lib/runs/input";
import type { RunStarted } from "@/lib/runs/launch";
import { getRun } from "@/lib/runs/run-queries";
import { summaryView } from "./execution-view";
import type { StartedRun } from "./operations/start";
import { Reply } from "./route";
import { waitForRun } from "./wait";

type Start = { request: Request; query: { wait: number }; idempotencyKey: string | null };

/** Starts a run for a program and waits for it as long as it was asked to. @throws what `startRun` throws */
export function startForApi(
  scope: TenantScope,
  asked: StartRunInput,
  call: Start,
): Promise<Reply<StartedRun>> {
  return beginForApi(scope, (key) => startRun(scope, { ...asked, ...key }), call);
}

/** The same for anything else that begins a run; `begin` gets the idempotency key that was sent. */
export async function beginForApi(
  scope: TenantScope,
  begin: (key: { idempotencyKey?: string }) => Promise<RunStarted>,
  { request, query, idempotencyKey }: Start,
): Promise<Reply<StartedRun>> {
  const mayRead = denial(scope, "run.read") === null;
  // Before anything is started and billed: waiting means reading the run.
  if (query.wait > 0) authorize(scope, "run.read");
  const started = await begin(idempotencyKey ? { idempotencyKey } : {});
  const { executionId, isNew } = started;
  await waitForRun(scope, executionId, request, query.wait);
  const url = `/api/v1/executions/${executionId}`;
  const body = mayRead
    ? await readable(scope, executionId, url)
    : unreadable(executionId, started.status, url);
  return new Reply(body, {
    status: isFinished(body.status) ? 200 : 202,
    headers: { location: url, ...(isNew ? {} : { "idempotency-replayed": "true" }) },
  });
}

async function readable(scope: TenantScope, executionId: string, url: string): Promise<StartedRun> {
  const run = await getRun(scope, executionId);
  return { ...summaryView(run), result: run.result, url };
}

function unreadable(id: string, status: StartedRun["status"], url: string): StartedRun {
  return { id, status, url, result: null, error: null, cost: null, completedAt: null };
}
