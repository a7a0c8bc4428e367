import { elapsedTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { type CallOutcome, Circuit, FAILURES_TO_OPEN } from "./circuit";

/** Those who wait for the same provider do not come back all at once. */
const SPREAD_MS = 5_000;

// Next bundles routes apart: what one of them learns of a provider holds for the process. Another process learns it by
// calls of its own, a few more at most; asking the database before every call would cost all of them more.
const holder = globalThis as { hirebuddhaCircuits?: Map<string, Circuit> };

function circuitOf(key: string): Circuit {
  holder.hirebuddhaCircuits ??= new Map();
  const circuit = holder.hirebuddhaCircuits.get(key) ?? new Circuit();
  holder.hirebuddhaCircuits.set(key, circuit);
  return circuit;
}

/** Forgets every failure of every provider, for tests. */
export function closeCircuits(): void {
  holder.hirebuddhaCircuits?.clear();
}

/**
 * Calls a provider unless it is down: `host` and `model` say whose failures count together, and `modelKey` is what people know it by. A refused request, a
 * limit and a cancel do not count.
 * @throws AppError `upstream` with reason `provider_down` and `retryAfterMs` when the provider is left alone
 */
export async function guardedFetch(
  { host, model, modelKey }: { host: string; model: string; modelKey: string },
  call: () => Promise<Response>,
): Promise<Response> {
  const circuit = circuitOf(`${host} ${model}`);
  const leave = circuit.ask(elapsedTime());
  if ("waitMs" in leave) throw providerDown(modelKey, leave.waitMs);
  let outcome: CallOutcome = "unknown";
  try {
    const response = await call();
    outcome = response.status >= 500 ? "failed" : "answered";
    return response;
  } catch (error) {
    if (error instanceof AppError && error.reason === "network") outcome = "failed";
    throw error;
  } finally {
    const change = circuit.ended(leave, outcome, elapsedTime());
    if (change === "opened")
      log.warn({ host, model }, "a model's provider does not answer and is left alone");
    if (change === "closed") log.info({ host, model }, "a model's provider answers again");
  }
}

function providerDown(modelKey: string, waitMs: number): AppError {
  const retryAfterMs = Math.round(waitMs + Math.random() * SPREAD_MS);
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  const message = `The provider of “${modelKey}” failed ${FAILURES_TO_OPEN} times in a row, so it is left alone; it is asked again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
  return new AppError("upstream", message, { reason: "provider_down", retryable: true, retryAfterMs });
}
