import "server-only";
import { sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { workflowTriggers } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { assertMember } from "@/lib/auth/visitor";
import { AppError } from "@/lib/errors";
import { presentTime } from "@/lib/present-time";
import { hashToken, newSecretToken } from "@/lib/secrets/tokens";
import { assertSame } from "@/lib/seen";
import { checkExpression } from "@/lib/workflows/condition";
import type { InputField } from "@/lib/workflows/kinds/input";
import {
  LISTENING_MS,
  type MapWebhookInput,
  type RotateSecretInput,
  type SetListeningInput,
  type WebhookMapping,
} from "../input";
import { CALL_NAMES, strangeName } from "../mapping";
import { newSigningSecret, openSecrets, replacedSecrets, sealSecrets, type TriggerSecrets } from "../secrets";
import { lockTrigger, publishedWorkflow, type Trigger, triggerIs } from "../store";

const HOUR_MS = 3_600_000;

type Webhook = Extract<Trigger, { kind: "webhook" }>;

/** @throws AppError `conflict` when the trigger is no webhook */
async function lockWebhook(tx: Tx, scope: TenantScope, triggerId: string): Promise<Webhook> {
  const trigger = await lockTrigger(tx, scope, triggerId);
  if (trigger.kind !== "webhook") throw new AppError("conflict", "Only a webhook can do this.");
  return trigger;
}

/**
 * Says how a call becomes the input of a run.
 * @returns what is kept of it
 * @throws AppError `invalid` at `fields.<index>.expression`; `not_found`; `conflict` when it changed since it was seen
 */
export async function mapWebhook(
  scope: TenantScope,
  { triggerId, seen, ...mapping }: MapWebhookInput,
): Promise<{ id: string; kept: WebhookMapping }> {
  authorize(scope, "trigger.manage");
  return asTenant(scope, async (tx) => {
    const before = await lockWebhook(tx, scope, triggerId);
    const { mapping: how, fields, headers } = before.config;
    assertSame("trigger", { mapping: how, fields, headers }, seen);
    const workflow = await publishedWorkflow(tx, scope, before.workflowId);
    if (mapping.mapping === "expressions") assertExpressions(mapping.fields, workflow.fields);
    await tx
      .update(workflowTriggers)
      .set({ config: { ...before.config, ...mapping }, updatedAt: sql`now()` })
      .where(triggerIs(scope, triggerId));
    await audit(tx, scope, {
      action: "trigger.map",
      targetType: "workflow_trigger",
      targetId: triggerId,
      before: { mapping: before.config.mapping },
      after: { mapping: mapping.mapping, fields: mapping.fields.map((field) => field.key) },
    });
    return { id: triggerId, kept: mapping };
  });
}

function assertExpressions(fields: MapWebhookInput["fields"], known: readonly InputField[]): void {
  const problems: Record<string, string[]> = {};
  for (const [index, { key, expression }] of fields.entries()) {
    const problem = expressionProblem(key, expression, known);
    if (problem) problems[`fields.${index}.expression`] = [problem];
  }
  if (Object.keys(problems).length === 0) return;
  throw new AppError("invalid", "Some expressions need another look.", { fields: problems });
}

function expressionProblem(key: string, expression: string, known: readonly InputField[]): string | null {
  if (!known.some((field) => field.key === key)) return `The workflow has no input field “${key}” any more.`;
  if (expression === "") return null;
  const problem = checkExpression(expression);
  if (problem) return problem.message;
  const strange = strangeName(expression);
  return strange ? `There is no “${strange}” here: use ${CALL_NAMES.join(", ")}.` : null;
}

/** What is made anew may be pressed again and again: what is kept of it has an end. */
const MOST_REPLACED = 10;

/**
 * A new secret part of the address, or a new signing secret. An address ends at once; signatures of the old secret stay
 * good for as long as asked, and so do those before it that were promised to be. With no time at all every old one ends.
 */
export async function rotateSecret(scope: TenantScope, input: RotateSecretInput): Promise<{ id: string }> {
  authorize(scope, "trigger.manage");
  assertMember(scope);
  return asTenant(scope, async (tx) => {
    const before = await lockTrigger(tx, scope, input.triggerId);
    if (!before.sealedSecret) throw new AppError("conflict", "A schedule has no secret.");
    const secrets = rotated(openSecrets(before.id, before.sealedSecret), input, await presentTime(tx));
    await tx
      .update(workflowTriggers)
      .set({
        tokenHash: hashToken(secrets.token),
        sealedSecret: sealSecrets(before.id, secrets),
        updatedAt: sql`now()`,
      })
      .where(triggerIs(scope, before.id));
    await audit(tx, scope, {
      action: "trigger.rotate_secret",
      targetType: "workflow_trigger",
      targetId: before.id,
      after: { secret: input.secret, graceHours: input.graceHours },
    });
    return { id: before.id };
  });
}

function rotated(
  secrets: TriggerSecrets,
  { secret, graceHours }: RotateSecretInput,
  now: Date,
): TriggerSecrets {
  if (secret === "address") return { ...secrets, token: newSecretToken() };
  if (!secrets.signing) throw new AppError("conflict", "Only a webhook has a signing secret.");
  const until = new Date(now.getTime() + graceHours * HOUR_MS).toISOString();
  const isKept = graceHours > 0;
  return {
    token: secrets.token,
    signing: newSigningSecret(),
    previous: isKept ? { signing: secrets.signing, until } : null,
    ...(isKept ? { earlier: replacedSecrets(secrets, now).slice(0, MOST_REPLACED) } : {}),
  };
}

/** Waits for a test call, or stops waiting: the next call is kept as a sample and starts nothing. */
export async function setListening(
  scope: TenantScope,
  { triggerId, isListening }: SetListeningInput,
): Promise<{ id: string }> {
  authorize(scope, "trigger.manage");
  return asTenant(scope, async (tx) => {
    const before = await lockWebhook(tx, scope, triggerId);
    const now = await presentTime(tx);
    const until = isListening ? new Date(now.getTime() + LISTENING_MS).toISOString() : null;
    await tx
      .update(workflowTriggers)
      .set({ config: { ...before.config, listeningUntil: until }, updatedAt: sql`now()` })
      .where(triggerIs(scope, triggerId));
    await audit(tx, scope, {
      action: isListening ? "trigger.listen" : "trigger.stop_listening",
      targetType: "workflow_trigger",
      targetId: triggerId,
    });
    return { id: triggerId };
  });
}
