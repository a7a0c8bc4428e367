import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Claimed, Job } from "./claim";
import { parseRetryAfterMs } from "./duration";
import { type Answer, type CallBody, operation, wireError } from "./protocol";

export interface HandlerTarget {
  /** Where the handler is served; only its query is read by the SDK. */
  url: string;
  signingKey: string;
  send: (request: Request) => Promise<Response>;
}

/** What a call of a leased job sends. */
export function callBody({ job, run, steps }: Claimed, maxAttempts: number): CallBody {
  const settled = steps.filter((step) => step.settled);
  return {
    version: run.version,
    event: run.event,
    events: [run.event],
    steps: Object.fromEntries(settled.map((step) => [step.id, step.state])),
    use_api: false,
    ctx: {
      fn_id: run.functionId,
      run_id: run.id,
      step_id: job.stepId || "step",
      env: "",
      attempt: job.attempt,
      max_attempts: maxAttempts,
      // With other steps open, running what is found at once could run it twice.
      disable_immediate_execution: job.kind === "step" || settled.length < steps.length,
      qi_id: `${job.id}.${job.token}`,
      use_api: false,
      stack: { stack: settled.map((step) => step.id), current: settled.length },
    },
  };
}

/** JSON as RFC 8785 orders it, which is what the SDK hashes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(",")}}`;
}

/** The `x-inngest-signature` of a body: HMAC-SHA256 with the key, its prefix taken off, over body and time. */
export function signBody(body: string, signingKey: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1_000).toString();
  const key = signingKey.replace(/^signkey-\w+-/, "");
  return `t=${seconds}&s=${createHmac("sha256", key).update(body).update(seconds).digest("hex")}`;
}

function signedRequest(target: HandlerTarget, method: "POST" | "PUT", url: URL, body: unknown): Request {
  const text = canonicalJson(JSON.parse(JSON.stringify(body)));
  return new Request(url, {
    method,
    body: text,
    headers: {
      "content-type": "application/json",
      host: url.host,
      "x-inngest-signature": signBody(text, target.signingKey, new Date()),
      ...(method === "PUT" ? { "x-inngest-sync-kind": "in_band" } : {}),
    },
  });
}

/** Asks the handler for the configs of its functions. */
export async function discoverFunctions(target: HandlerTarget): Promise<unknown[]> {
  const response = await target.send(signedRequest(target, "PUT", new URL(target.url), { url: target.url }));
  const text = await response.text();
  if (!response.ok) {
    throw new Error(
      `The handler answered ${response.status} when asked for its functions: ${text.slice(0, 300)}`,
    );
  }
  return z.object({ functions: z.array(z.unknown()) }).parse(parseJson(text)).functions;
}

/** Calls the function of a job and reads the answer. Never throws: a transport that fails is an answer too. */
export async function callFunction(target: HandlerTarget, job: Job, body: CallBody): Promise<Answer> {
  const url = new URL(target.url);
  url.searchParams.set("fnId", job.functionId);
  url.searchParams.set("stepId", job.stepId || "step");
  try {
    const response = await target.send(signedRequest(target, "POST", url, body));
    return await readAnswer(response);
  } catch (error) {
    return { kind: "unreachable", reason: error instanceof Error ? error.message : String(error) };
  }
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  if (response.status === 401) return { kind: "unreachable", reason: "the handler refused the signature" };
  const version = Number(response.headers.get("x-inngest-req-version") ?? -1);
  const retryAfterMs = parseRetryAfterMs(response.headers.get("retry-after"), new Date());
  const json = parseJson(text);
  if (json === undefined) {
    return { kind: "unreachable", reason: `${response.status} without JSON: ${text.slice(0, 200)}` };
  }
  if (response.status === 200) return { kind: "completed", version, output: json };
  if (response.status === 206) {
    return { kind: "operations", version, operations: z.array(operation).parse(json), retryAfterMs };
  }
  const mayRetry = response.headers.get("x-inngest-no-retry") !== "true";
  return { kind: "failed", error: wireError.parse(json), mayRetry, retryAfterMs };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
