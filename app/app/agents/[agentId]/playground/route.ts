import { signedOut } from "@/lib/accounts/session-ending";
import { playgroundInput } from "@/lib/agents/input";
import type { PlaygroundEvent } from "@/lib/agents/playground-events";
import type { StreamEvent } from "@/lib/ai/answer";
import { parseJson, readBytes } from "@/lib/api/json-body";
import { problemResponse, requireSameOrigin } from "@/lib/api/problem";
import { assertOwnPage } from "@/lib/auth/own-page";
import { requestFacts } from "@/lib/auth/request";
import { currentSession, tenantScopeOf } from "@/lib/auth/scope";
import { describeMeeting } from "@/lib/changed-meanwhile";
import { AppError, toPublicError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { log } from "@/lib/log";
import { parseInput } from "@/lib/parse";
import { type PlaygroundRun, runPlayground } from "@/lib/runs/playground";
import { playgroundOutcome, playgroundRunOf } from "@/lib/runs/playground-outcome";

type Context = { params: Promise<{ agentId: string }> };

/** Asks an agent and streams its answer as newline-delimited JSON. Leaving or stopping ends the call of the model. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const facts = requestFacts(request.headers);
  try {
    requireSameOrigin(request);
    const session = await currentSession();
    if (!session) throw await signedOut();
    if (!session.isVerified) throw new AppError("unauthenticated");
    assertOwnPage(session, request.headers.get("x-page-person"));
    const scope = tenantScopeOf(session, facts);
    const asked = parseInput(playgroundInput, await readBody(request));
    const { agentId } = await params;
    if (!isId(agentId)) throw new AppError("not_found");
    const stop = new AbortController();
    request.signal.addEventListener("abort", () => stop.abort());
    const run = await runPlayground(scope, { agentId, ...asked, abortSignal: stop.signal });
    const outcome = () => playgroundOutcome(scope, { agentId, executionId: run.executionId }, stop.signal);
    return new Response(eventStream(run, outcome, stop, facts.requestId), {
      headers: {
        "content-type": "application/x-ndjson; charset=utf-8",
        "cache-control": "no-store, no-transform",
      },
    });
  } catch (error) {
    return problemResponse(error, facts.requestId);
  }
}

/** What became of an answer whose stream was left: the events that were its first and would have been its last. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const facts = requestFacts(request.headers);
  try {
    const session = await currentSession();
    if (!session?.isVerified) throw new AppError("unauthenticated");
    const { agentId } = await params;
    const query = new URL(request.url).searchParams;
    const scope = tenantScopeOf(session, facts);
    const question = { agentId, questionKey: query.get("question") ?? "" };
    const executionId = query.get("run") ?? (await playgroundRunOf(scope, question, request.signal));
    const last = await playgroundOutcome(scope, { agentId, executionId }, request.signal);
    const events: PlaygroundEvent[] = [{ type: "start", executionId }, last];
    return Response.json(events, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    return problemResponse(error, facts.requestId);
  }
}

async function readBody(request: Request): Promise<unknown> {
  const bytes = await readBytes(request).catch((cause: unknown) => {
    if (!(cause instanceof AppError && cause.reason === "body_too_large")) throw cause;
    throw new AppError("limit_exceeded", "This conversation is too long. Start a new one.", { cause });
  });
  return parseJson(bytes);
}

function eventStream(
  run: PlaygroundRun,
  outcome: () => Promise<PlaygroundEvent>,
  stop: AbortController,
  requestId: string,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const lines = eventsOf(run, outcome, requestId);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    cancel: () => stop.abort(),
  });
}

async function* eventsOf(
  run: PlaygroundRun,
  outcome: () => Promise<PlaygroundEvent>,
  requestId: string,
): AsyncGenerator<PlaygroundEvent> {
  try {
    yield { type: "start", executionId: run.executionId };
    for await (const event of run.events) yield shown(event);
    const { executionId, usage, latencyMs, firstTokenMs, costMicros, text, citations, finishReason } =
      await run.answer;
    const { inputTokens, outputTokens } = usage;
    const facts = {
      executionId,
      inputTokens,
      outputTokens,
      latencyMs,
      firstTokenMs,
      costMicros: costMicros.toString(),
    };
    yield { type: "done", text, facts, citations, finishReason };
  } catch (error) {
    const problem = toPublicError(describeMeeting(error), requestId);
    // Somebody stopped its run elsewhere.
    if (problem.reason === "cancelled") return yield await outcome();
    if (problem.code === "internal") log.error({ err: error, requestId }, "a playground answer failed");
    yield { type: "error", error: problem };
  }
}

function shown(event: StreamEvent): PlaygroundEvent {
  switch (event.type) {
    case "text":
      return event;
    case "tool-call":
      return { type: "tool", id: event.id, name: event.name, state: "called", input: event.input };
    case "tool-result":
      return { type: "tool", id: event.id, name: event.name, state: "done" };
    case "tool-error":
      return { type: "tool", id: event.id, name: event.name, state: "failed", message: event.message };
  }
}
