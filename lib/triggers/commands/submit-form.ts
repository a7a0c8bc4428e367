import "server-only";
import { asWorker } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { addressBlock } from "@/lib/auth/address";
import { authorize } from "@/lib/auth/authorize";
import type { RequestFacts } from "@/lib/auth/request";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { consume } from "@/lib/rate-limit/consume";
import { keptPayload } from "../call-body";
import { onceKey } from "../delivery-key";
import { enterForm, type FormTrigger, submissionKey } from "../form-visit";
import type { SubmitFormInput } from "../input";
import { TRIGGER_LIMITS } from "../limits";
import { cameBefore, recordAccepted, startOnce } from "../start";
import { insertDelivery } from "../store";

/**
 * Takes what a visitor filled in: one run for one sent form, however often it comes. The visitor is told what is wrong
 * with the fields or that they hold too much; why else it cannot be taken is for the workspace's log alone.
 *
 * @throws AppError `not_found`; `unauthenticated`; `invalid` with the fields at fault; `limit_exceeded`, reason
 * `input_too_large`; `rate_limited`; `precondition`
 */
export async function submitForm(facts: RequestFacts, input: SubmitFormInput): Promise<{ id: string }> {
  const entry = await enterForm(input.token, facts.requestId);
  if (entry.state === "sign_in") throw new AppError("unauthenticated");
  if (entry.state !== "open") throw new AppError("not_found", "This form is not open any more.");
  const { scope, trigger, memberId } = entry;
  authorize(scope, "trigger.fire");
  // The people of one office share its address.
  const sender = memberId ?? addressBlock(facts.ip);
  await consume([
    { limit: TRIGGER_LIMITS.formSender, subject: `${trigger.id} ${sender}` },
    { limit: TRIGGER_LIMITS.form, subject: trigger.id },
  ]);
  const deliveryKey = submissionKey(input.submission);
  try {
    const started = await startOnce(scope, trigger, deliveryKey, input.input);
    const { executionId } = started;
    const payload = keptPayload({ body: input.input });
    const delivery = { deliveryKey, executionId, payload, ...cameBefore(started) };
    await asWorker(scope, (tx) => recordAccepted(tx, scope, trigger, delivery));
    return { id: input.submission };
  } catch (error) {
    throw await refusal(scope, trigger, error);
  }
}

/** What a visitor may know of a refusal. */
async function refusal(scope: TenantScope, trigger: FormTrigger, error: unknown): Promise<unknown> {
  if (!(error instanceof AppError) || error.code === "internal") return error;
  if (error.code === "invalid" && error.reason === "bad_input") return error;
  if (error.reason === "input_too_large") {
    const message = "This is larger than the 1 MB that one form takes. Shorten it, and send it again.";
    return new AppError("limit_exceeded", message, { reason: error.reason, cause: error });
  }
  log.info({ code: error.code, reason: error.reason, triggerId: trigger.id }, "a sent form was refused");
  await asWorker(scope, (tx) =>
    insertDelivery(tx, scope, trigger.id, {
      deliveryKey: onceKey("refused"),
      status: "rejected",
      reason: error.message,
    }),
  );
  return new AppError("precondition", "This form cannot be sent right now. Try again later.", {
    cause: error,
  });
}
