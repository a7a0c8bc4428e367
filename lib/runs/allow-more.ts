import { and, eq, gte, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { advisoryLock } from "@/db/advisory-lock";
import { agents, executionSteps } from "@/db/schema/ai";
import { capWindows, spendCaps } from "@/db/schema/caps";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { amountInput } from "@/lib/amount";
import { audit } from "@/lib/audit/record";
import { databaseTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import {
  formatApart,
  formatMicros,
  type Micros,
  microsFromNumeric,
  microsToNumeric,
  parseMicros,
} from "@/lib/money";
import { notify } from "@/lib/notifications/notify";
import { amountToAsk } from "@/lib/wallet/caps/rules";
import { allowInWindow, heldByStep, windowOfNow } from "@/lib/wallet/caps/store";
import type { MoneyRefusal } from "@/lib/wallet/refusal";
import { runCost } from "./cost";
import type { HeldStep } from "./settle-step";

const AMOUNT = "amount";
const PERIODS: Readonly<Record<string, string>> = { day: "today", month: "this month" };

/** Questions about a cap, with the steps that ask them. */
const askedFor = (scope: TenantScope, capId: string) =>
  and(
    eq(approvals.tenantId, scope.tenantId),
    eq(executionSteps.tenantId, approvals.tenantId),
    eq(executionSteps.id, approvals.stepId),
    eq(executionSteps.capId, capId),
  );

/**
 * Asks the admins to allow more, for a step that is refused by a cap that says so: one question for all that wait for it,
 * and none once somebody said no in its window.
 * @returns whether a question is open now
 */
export async function askForMore(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  { capId, needed, available }: MoneyRefusal,
): Promise<boolean> {
  if (!capId) return false;
  const [cap] = await tx
    .select({
      onReach: spendCaps.onReach,
      amount: sql<string>`${spendCaps.amount}::text`,
      period: spendCaps.period,
      agentName: agents.name,
      windowStart:
        sql`date_trunc(${spendCaps.period}, ${databaseTime()} at time zone 'UTC') at time zone 'UTC'`.mapWith(
          approvals.createdAt,
        ),
    })
    .from(spendCaps)
    .innerJoin(agents, and(eq(agents.tenantId, spendCaps.tenantId), eq(agents.id, spendCaps.agentId)))
    .where(
      and(eq(spendCaps.tenantId, scope.tenantId), eq(spendCaps.id, capId), eq(spendCaps.onReach, "ask")),
    );
  if (!cap) return false;
  // Of steps that are refused at the same time, the first asks.
  await advisoryLock(tx, `ask:${capId}`).execute();
  const questions = await tx
    .select({ status: approvals.status, answeredAt: approvals.answeredAt })
    .from(approvals)
    .innerJoin(executionSteps, askedFor(scope, capId))
    .where(
      sql`${approvals.status} = 'pending' or (${approvals.status} = 'rejected' and ${gte(approvals.answeredAt, cap.windowStart)})`,
    );
  if (questions.some(({ status }) => status === "pending")) return true;
  if (questions.length > 0) return false;
  const [most, left] = formatApart(needed, available);
  await ask(tx, scope, held, {
    amount: amountToAsk(needed, available),
    message: `“${cap.agentName}” may spend ${formatMicros(parseMicros(cap.amount) ?? 0n)} ${PERIODS[cap.period] ?? ""}. The next step of “${held.run.name}” may cost up to ${most}, and ${left} is left.\n\nWhat you allow counts ${PERIODS[cap.period] ?? "now"} alone. If you say no, it waits for the next ${cap.period}.`,
    agentName: cap.agentName,
  });
  return true;
}

async function ask(
  tx: Tx,
  scope: TenantScope,
  { run, stepId, node }: HeldStep,
  { amount, message, agentName }: { amount: Micros; message: string; agentName: string },
): Promise<void> {
  const id = newId();
  const title = `Allow “${agentName}” ${formatMicros(amount)} more?`;
  const question = {
    id,
    title,
    message,
    fields: [
      {
        key: AMOUNT,
        label: "Allow on top, in dollars",
        type: "text",
        required: true,
        default: microsToNumeric(amount).replace(/\.?0+$/, ""),
      },
    ],
    approvers: { admins: true, userIds: [] },
    status: "pending",
    answer: null,
    comment: null,
    answeredBy: null,
    answeredAt: null,
    costMicros: await runCost(tx, scope, run.rootExecutionId ?? run.id),
    createdAt: databaseTime(),
  };
  await tx
    .insert(approvals)
    .values({ ...question, tenantId: scope.tenantId, executionId: run.id, stepId, nodeId: node.id })
    // A step that asked before asks anew: what was said then is in the audit log.
    .onConflictDoUpdate({ target: [approvals.tenantId, approvals.stepId], set: question });
  await notify(tx, scope, {
    kind: "approval_asked",
    title,
    body: `“${run.name}” waits at a spending cap.`,
    href: `/app/approvals/${id}`,
    dedupeKey: `approval_asked:${id}`,
    to: { admins: true },
    ids: { approvalId: id, executionId: run.id },
  });
}

/**
 * What an answer to such a question does: a yes lets more be spent in the window of now, a no leaves everything that waits
 * for it to the next window. @throws AppError `invalid` for an amount that is none, or not enough
 */
export async function answerMore(
  tx: Tx,
  scope: TenantScope,
  { capId, stepId }: { capId: string; stepId: string },
  { isAllowed, answer }: { isAllowed: boolean; answer: Readonly<Record<string, unknown>> },
): Promise<void> {
  if (!isAllowed) {
    await tx
      .update(executionSteps)
      .set({ waitReason: "cap" })
      .where(
        and(
          eq(executionSteps.tenantId, scope.tenantId),
          eq(executionSteps.status, "waiting"),
          eq(executionSteps.waitReason, "ask"),
          eq(executionSteps.capId, capId),
        ),
      );
    return;
  }
  const asked = amountInput({ example: "5.00" }).safeParse(answer[AMOUNT]);
  if (!asked.success) throw wrongAmount(asked.error.issues.map(({ message }) => message));
  const amount = asked.data;
  const missing = await missingFor(tx, scope, stepId);
  // It would be asked again at once, and the answer be gone.
  if (amount < missing)
    throw wrongAmount([
      `Allow at least ${formatMicros(missing, { exact: true })}: with less the next step waits on.`,
    ]);
  const windowKey = await allowInWindow(tx, scope, capId, { amount, isAdded: true });
  if (!windowKey) return;
  await audit(tx, scope, {
    action: "spend_cap.extend",
    targetType: "spend_cap",
    targetId: capId,
    after: { windowKey, added: microsToNumeric(amount) },
  });
}

const wrongAmount = (sentences: string[]) =>
  new AppError("invalid", undefined, { fields: { [`answer.${AMOUNT}`]: sentences } });

const OF_STEP = {
  tenantId: sql`${executionSteps.tenantId}`,
  key: sql`'exec:' || ${executionSteps.executionId} || ':' || ${executionSteps.nodeId} || ':' || ${executionSteps.iteration}`,
  capId: sql`${executionSteps.capId}`,
  windowKey: sql`${capWindows.windowKey}`,
};

/** How much a step that was refused by a cap needs beyond what that leaves, once all that others have set aside is given back. */
async function missingFor(tx: Tx, { tenantId }: TenantScope, stepId: string): Promise<Micros> {
  const [row] = await tx
    .select({
      missing: sql<string>`(${executionSteps.needed} - ${spendCaps.amount}
        - coalesce(${capWindows.extra} - ${capWindows.spent}, 0) + ${heldByStep(OF_STEP)})::numeric(18,6)`,
    })
    .from(executionSteps)
    .innerJoin(
      spendCaps,
      and(eq(spendCaps.tenantId, executionSteps.tenantId), eq(spendCaps.id, executionSteps.capId)),
    )
    .leftJoin(
      capWindows,
      and(
        eq(capWindows.tenantId, spendCaps.tenantId),
        eq(capWindows.capId, spendCaps.id),
        eq(capWindows.windowKey, windowOfNow()),
      ),
    )
    .where(and(eq(executionSteps.tenantId, tenantId), eq(executionSteps.id, stepId)));
  return microsFromNumeric(row?.missing ?? "0");
}
