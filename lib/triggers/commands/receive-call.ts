import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { triggerDeliveries, workflowTriggers } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { readBytes } from "@/lib/api/json-body";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { consume } from "@/lib/rate-limit/consume";
import { callParts, keptPayload } from "../call-body";
import { onceKey, senderKey, tieKey } from "../delivery-key";
import type { WebhookConfig } from "../input";
import { TRIGGER_LIMITS } from "../limits";
import { type CallParts, mapCall } from "../mapping";
import { goodSecrets, openSecrets } from "../secrets";
import { checkSignature, SIGNATURE_HEADER, signedCallKey } from "../signature";
import { cameBefore, findDelivered, recordAccepted, startOnce } from "../start";
import {
  deliveriesOf,
  insertDelivery,
  loadTriggerNow,
  publishedWorkflow,
  type Trigger,
  triggerIs,
  triggerNotFound,
} from "../store";

type Webhook = Extract<Trigger, { kind: "webhook" }>;

export type ReceivedCall =
  | { readonly outcome: "captured" }
  | {
      readonly outcome: "started";
      readonly executionId: string;
      /** An earlier call had started it. */
      readonly isReplay: boolean;
      readonly answer: Pick<WebhookConfig, "answer" | "waitSeconds">;
    };

/**
 * Takes a call of a webhook: checks its signature, keeps it as a sample while one is waited for, and otherwise starts
 * one run for one delivery. What is refused leaves a line in the log, as far as there is room for it.
 *
 * @throws AppError `unauthenticated` for a signature that is missing, wrong or late; `limit_exceeded`; `invalid` with
 * the input fields that do not fit; `rate_limited`; `precondition` when the workspace cannot start it
 */
export async function receiveCall(
  scope: TenantScope,
  triggerId: string,
  request: Request,
): Promise<ReceivedCall> {
  authorize(scope, "trigger.fire");
  await consume([{ limit: TRIGGER_LIMITS.hook, subject: triggerId }]);
  const { trigger } = await loadOpen(scope, triggerId);
  const heard: { call?: CallParts } = {};
  try {
    return await take(scope, trigger, request, heard);
  } catch (error) {
    await recordRefusal(scope, trigger.id, error, heard.call);
    throw shownRefusal(error);
  }
}

/** What a caller may know of a refusal: how the workspace stands, what it owes or what its plan allows is for its log. */
function shownRefusal(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const { retryAfterMs } = error;
  switch (error.code) {
    case "precondition":
    case "forbidden":
      return new AppError("precondition", "This webhook takes no calls right now. Its log says why.", {
        cause: error,
      });
    case "rate_limited":
      return new AppError("rate_limited", "Too many runs were started or wait. Send it again later.", {
        cause: error,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    default:
      return error;
  }
}

/** @throws AppError `not_found` also when it is turned off */
async function loadOpen(scope: TenantScope, triggerId: string): Promise<{ trigger: Webhook; now: Date }> {
  const { trigger, now } = await asWorker(scope, (tx) => loadTriggerNow(tx, scope, triggerId));
  if (trigger.kind !== "webhook" || !trigger.isActive) throw triggerNotFound();
  return { trigger, now };
}

async function take(
  scope: TenantScope,
  called: Webhook,
  request: Request,
  heard: { call?: CallParts },
): Promise<ReceivedCall> {
  const bytes = await readBytes(request);
  // As it is by now: a body takes as long to come as its sender likes, and an address or secret ends at once.
  const { trigger, now } = await loadOpen(scope, called.id);
  if (trigger.tokenHash !== called.tokenHash) throw triggerNotFound();
  const signedKey = checkedSignature(trigger, request, bytes, now);
  const call = callParts(request, bytes, trigger.config.headers);
  heard.call = call;
  if (await capture(scope, trigger, call, now)) return { outcome: "captured" };
  const { answer, waitSeconds } = trigger.config;
  const found = await asWorker(scope, async (tx) => {
    const deliveryKey = await settleKey(tx, scope, trigger.id, senderKey(request.headers), signedKey);
    return { deliveryKey, executionId: await findDelivered(tx, scope, trigger.id, deliveryKey) };
  });
  const started = found.executionId
    ? { executionId: found.executionId, isNew: false }
    : await start(scope, trigger, found.deliveryKey, call);
  return {
    outcome: "started",
    executionId: started.executionId,
    isReplay: !started.isNew,
    answer: { answer, waitSeconds },
  };
}

/** What names the signed call; null when this webhook wants no signature and none came. */
function checkedSignature(trigger: Webhook, request: Request, bytes: Uint8Array, now: Date): string | null {
  const header = request.headers.get(SIGNATURE_HEADER);
  if (!trigger.config.requiresSignature && header === null) return null;
  const secrets = trigger.sealedSecret ? goodSecrets(openSecrets(trigger.id, trigger.sealedSecret), now) : [];
  const checked = checkSignature(header, secrets, bytes, now);
  if (checked.ok) return `signed:${signedCallKey(checked.timestamp, bytes)}`;
  throw new AppError("unauthenticated", checked.reason, { reason: "bad_signature" });
}

/** Keeps the call as a sample when one is waited for. */
function capture(scope: TenantScope, trigger: Webhook, call: CallParts, now: Date): Promise<boolean> {
  const { listeningUntil } = trigger.config;
  if (!listeningUntil || new Date(listeningUntil) <= now) return Promise.resolve(false);
  return asWorker(scope, async (tx) => {
    const taken = await tx
      .update(workflowTriggers)
      .set({ config: sql`jsonb_set(${workflowTriggers.config}, '{listeningUntil}', 'null')` })
      .where(
        and(
          triggerIs(scope, trigger.id),
          sql`${workflowTriggers.config}->>'listeningUntil' = ${listeningUntil}`,
        ),
      )
      .returning({ id: workflowTriggers.id });
    if (taken.length === 0) return false;
    const payload = keptPayload(call);
    await insertDelivery(tx, scope, trigger.id, {
      deliveryKey: onceKey("sample"),
      status: "captured",
      payload,
    });
    return true;
  });
}

/**
 * The key of a delivery: the sender's name of it, else the signed call, else none that comes twice. A signature covers
 * no header, so a signed call is tied to the name it came under first: sent again under another, it is the same one.
 */
async function settleKey(
  tx: Tx,
  scope: TenantScope,
  triggerId: string,
  given: string | null,
  signedKey: string | null,
): Promise<string> {
  if (!signedKey) return given ?? onceKey("call");
  const name = given ?? signedKey;
  const tie = { deliveryKey: tieKey(signedKey), status: "accepted", reason: name } as const;
  if (await insertDelivery(tx, scope, triggerId, tie)) return name;
  const [first] = await tx
    .select({ name: triggerDeliveries.reason })
    .from(triggerDeliveries)
    .where(and(deliveriesOf(scope, triggerId), eq(triggerDeliveries.deliveryKey, tie.deliveryKey)))
    .limit(1);
  return first?.name ?? name;
}

async function start(scope: TenantScope, trigger: Webhook, deliveryKey: string, call: CallParts) {
  const { fields } = await asWorker(scope, (tx) => publishedWorkflow(tx, scope, trigger.workflowId));
  const mapped = mapCall(trigger.config, fields, call);
  if (!mapped.ok) {
    const sentence = Object.values(mapped.fields)[0]?.[0];
    throw new AppError("invalid", sentence, { reason: "bad_input", fields: mapped.fields });
  }
  const started = await startOnce(scope, trigger, deliveryKey, mapped.value);
  const { executionId } = started;
  await asWorker(scope, (tx) =>
    recordAccepted(tx, scope, trigger, {
      deliveryKey,
      executionId,
      payload: keptPayload(call),
      ...cameBefore(started),
    }),
  );
  return started;
}

/** Expected refusals only, and so many in a while: junk must not fill the table. */
async function recordRefusal(
  scope: TenantScope,
  triggerId: string,
  error: unknown,
  call: CallParts | undefined,
): Promise<void> {
  if (!(error instanceof AppError) || error.code === "internal") return;
  const isOver = await consume([{ limit: TRIGGER_LIMITS.refusals, subject: triggerId }]).then(
    () => false,
    () => true,
  );
  if (isOver) return;
  await asWorker(scope, (tx) =>
    insertDelivery(tx, scope, triggerId, {
      deliveryKey: onceKey("refused"),
      status: "rejected",
      reason: error.message,
      ...(call ? { payload: keptPayload(call) } : {}),
    }),
  );
}
