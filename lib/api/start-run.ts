import "server-only";
import type { TenantScope } from "@/db/scope";
import { authorize, denial } from "@/lib/auth/authorize";
import { startRun } from "@/lib/runs/commands/start";
import { eventStreamResponse } from "@/lib/runs/event-stream";
import { isFinished, type StartRunInput } from "@/lib/runs/input";
import type { RunStarted } from "@/lib/runs/new-run";
import { getRunResult } from "@/lib/runs/run-queries";
import { executionMessages, summaryView } from "./execution-view";
import type { StartedRun } from "./operations/start";
import { Reply } from "./route";
import { type StartMode, startPlan } from "./start-mode";
import { waitForRun } from "./wait";

type Start = {
  request: Request;
  query: { mode?: StartMode | undefined; wait?: number | undefined };
  idempotencyKey: string | null;
};
type Answer = Reply<StartedRun> | Response;

/** Starts a run for a program and answers as it was asked to: at once, with the result, or with what happens. */
export function startForApi(scope: TenantScope, asked: StartRunInput, call: Start): Promise<Answer> {
  return beginForApi(scope, (key) => startRun(scope, { ...asked, ...key }), call);
}

/** The same for anything else that begins a run; `begin` gets the idempotency key that was sent. */
export async function beginForApi(
  scope: TenantScope,
  begin: (key: { idempotencyKey?: string }) => Promise<RunStarted>,
  { request, query, idempotencyKey }: Start,
): Promise<Answer> {
  const plan = startPlan(query, request.headers.get("prefer"));
  const mayRead = denial(scope, "run.read") === null;
  // Before anything is started and billed: to wait or to follow means reading the run.
  if (plan.mode !== "async") authorize(scope, "run.read");
  const started = await begin(idempotencyKey ? { idempotencyKey } : {});
  const { executionId, isNew } = started;
  const url = `/api/v1/executions/${executionId}`;
  const headers = {
    location: url,
    ...(isNew ? {} : { "idempotency-replayed": "true" }),
    ...(plan.isPreference ? { "preference-applied": `wait=${plan.waitSeconds}` } : {}),
  };
  if (plan.mode === "stream") return follow(scope, executionId, request, headers);
  // Of one that was broken off, calls may still be on their way to their end.
  if (started.status !== "completed") await waitForRun(scope, executionId, request, plan.waitSeconds);
  const body = mayRead
    ? await readable(scope, executionId, url)
    : unreadable(executionId, started.status, url);
  const isDone = plan.mode !== "async" && isFinished(body.status);
  return new Reply(body, { status: isDone ? 200 : 202, headers });
}

/** What happens to the run, as server-sent events. */
async function follow(
  scope: TenantScope,
  executionId: string,
  request: Request,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const response = await eventStreamResponse(request.signal, (signal) =>
    executionMessages(scope, executionId, { after: 0, signal }),
  );
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

async function readable(scope: TenantScope, executionId: string, url: string): Promise<StartedRun> {
  const run = await getRunResult(scope, executionId);
  return { ...summaryView(run), result: run.result, url };
}

function unreadable(id: string, status: StartedRun["status"], url: string): StartedRun {
  return { id, status, url, result: null, error: null, cost: null, completedAt: null };
}
