import { callBody, callFunction, type HandlerTarget } from "./call";
import { type Claimed, releaseJob } from "./claim";
import { applyAnswer, type ExchangeContext } from "./exchange";
import { insertDeadline } from "./lifecycle";
import type { EngineLog } from "./port";
import { type Answer, LIMITS } from "./protocol";
import { fireTimer } from "./timers";

export interface WorkContext extends ExchangeContext {
  handler: HandlerTarget;
  log: EngineLog;
  unreachableDelayMs: number;
  callTimeoutMs: number;
}

type Failed = Extract<Answer, { kind: "failed" }>;

/** A job handed out this often without an answer is what kills its process. */
const MAX_DELIVERIES = 6;

/** Does one leased job: fires a timer, or calls the function and stores its answer. */
export async function workOn(context: WorkContext, claimed: Claimed): Promise<{ storedEvents: boolean }> {
  const { db, functions, log } = context;
  const { job, run } = claimed;
  if (job.kind === "timer" || job.kind === "deadline") return fireTimer(db, functions, job);
  if (job.deliveries > MAX_DELIVERIES) {
    return applyAnswer(
      context,
      claimed,
      failed(`The run lost its process ${MAX_DELIVERIES} times at one step`),
    );
  }
  const spec = functions.get(job.functionId);
  if (!spec) throw new Error(`Function ${job.functionId} is not served here`);
  if (spec.finishTimeoutMs !== null && claimed.steps.length === 0) {
    await insertDeadline(db.query, run, spec.finishTimeoutMs);
  }
  const body = callBody(claimed, spec.maxAttempts);
  if (body.ctx.stack.stack.length > LIMITS.stepsPerRun) {
    return applyAnswer(context, claimed, failed(`A run has at most ${LIMITS.stepsPerRun} steps`));
  }
  const answer = await inTime(callFunction(context.handler, job, body), context.callTimeoutMs);
  if (answer.kind === "unreachable") {
    log.warn({ functionId: job.functionId, reason: answer.reason }, "the handler could not be reached");
    await releaseJob(db.query, job, context.unreachableDelayMs);
    return { storedEvents: false };
  }
  return applyAnswer(context, claimed, answer);
}

function failed(message: string, mayRetry = false): Failed {
  return { kind: "failed", error: { name: "Error", message }, mayRetry, retryAfterMs: null };
}

/** A call cannot be stopped from outside, but its slot can be given to another. */
async function inTime(call: Promise<Answer>, timeoutMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve(failed("The call took too long", true)), timeoutMs);
    timer.unref();
  });
  return Promise.race([call, late]).finally(() => clearTimeout(timer));
}
