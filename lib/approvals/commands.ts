import "server-only";
import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { users } from "@/db/schema/auth";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { answerMore } from "@/lib/runs/allow-more";
import { endingAsWorker } from "@/lib/runs/end-line";
import { followUp, newFollowUps } from "@/lib/runs/follow-up";
import { checkRunInput } from "@/lib/runs/run-input";
import { completedEnd } from "@/lib/runs/settle-step";
import { findWaiting, settleHeld } from "@/lib/runs/suspended";
import { creditWasAdded } from "@/lib/wallet/changes";
import type { AnswerApprovalInput, Decision } from "./input";
import { fieldsToCheck, mayAnswer, readApprovers, readFields } from "./rules";
import { answererOf, approvalIs, approvalNotFound, approversNow } from "./store";

export type ApprovalAnswered = { readonly approvalId: string; readonly status: Decision };

/**
 * Answers a question of a run, once: the first answer counts. The run goes on with it; a yes to more under a spending cap
 * lets everything go on that waits for it.
 * @throws AppError `not_found`; `forbidden` for who was not asked; `invalid` with the fields that are wrong; `conflict`,
 * reason `answered`, which names who was faster; `precondition`, reason `approval_over`, when nobody is asked any more
 */
export async function answerApproval(
  scope: TenantScope,
  input: AnswerApprovalInput,
): Promise<ApprovalAnswered> {
  authorize(scope, "approval.answer");
  const { approvalId, decision, comment } = input;
  if (!isId(approvalId)) throw approvalNotFound();
  const answerer = answererOf(scope);
  const ups = await endingAsWorker(scope, async (tx) => {
    const asked = await loadAsked(tx, scope, approvalId);
    const approvers = await approversNow(tx, scope, readApprovers(asked.approvers));
    if (!mayAnswer(approvers, answerer)) {
      throw new AppError("forbidden", "Somebody else was asked: you cannot answer this.");
    }
    // The step before the approval, as everywhere: whoever has it decides, and the others find it settled.
    const held = await findWaiting(tx, scope, asked.stepId);
    if (!held) throw await whyOver(tx, scope, approvalId);
    const answer = checkedAnswer(asked.fields, input);
    const [taken] = await tx
      .update(approvals)
      .set({ status: decision, answer, comment, answeredBy: answerer.userId, answeredAt: sql`now()` })
      .where(
        and(
          approvalIs(scope, approvalId),
          eq(approvals.status, "pending"),
          sql`(${approvals.expiresAt} is null or ${approvals.expiresAt} > now())`,
        ),
      )
      .returning({ id: approvals.id });
    if (!taken) throw await whyOver(tx, scope, approvalId);
    const found = newFollowUps();
    if (held.moneyFor) {
      const asking = { capId: held.moneyFor, stepId: asked.stepId };
      await answerMore(tx, scope, asking, { isAllowed: decision === "approved", answer });
    } else {
      const output = { decision, answer, comment, answeredBy: await nameOf(tx, scope, answerer.userId) };
      const end = completedEnd(held.node.name, { output, branch: decision });
      if ("error" in end) throw end.error;
      await settleHeld(tx, scope, held, end, found);
    }
    await audit(tx, scope, {
      action: "approval.answer",
      targetType: "approval",
      targetId: approvalId,
      before: { status: "pending" },
      after: { status: decision, executionId: held.run.id },
    });
    return { found, isMoney: held.moneyFor !== null };
  });
  await followUp(scope, ups.found);
  if (ups.isMoney) await creditWasAdded(scope.tenantId);
  return { approvalId, status: decision };
}

async function loadAsked(tx: Tx, scope: TenantScope, approvalId: string) {
  const [row] = await tx
    .select({
      stepId: approvals.stepId,
      fields: approvals.fields,
      approvers: approvals.approvers,
    })
    .from(approvals)
    .where(approvalIs(scope, approvalId));
  if (!row) throw approvalNotFound();
  return row;
}

function checkedAnswer(fields: unknown, { answer, decision }: AnswerApprovalInput) {
  const checked = checkRunInput(
    fieldsToCheck(readFields(fields), decision),
    answer,
    "This approval has no field",
  );
  if (checked.ok) return checked.value;
  const problems = Object.entries(checked.fields).map(([name, said]) => [
    name.replace(/^input\./, "answer."),
    said,
  ]);
  throw new AppError("invalid", undefined, { fields: Object.fromEntries(problems) });
}

async function nameOf(tx: Tx, scope: TenantScope, userId: string): Promise<string> {
  const [row] = await tx
    .select({ name: users.fullName })
    .from(users)
    .where(and(eq(users.tenantId, scope.tenantId), eq(users.id, userId)));
  return row?.name ?? "Somebody";
}

/** Why a question cannot be answered any more. */
async function whyOver(tx: Tx, scope: TenantScope, approvalId: string): Promise<AppError> {
  const [row] = await tx
    .select({ status: approvals.status, answeredBy: approvals.answeredBy })
    .from(approvals)
    .where(approvalIs(scope, approvalId));
  if (row?.answeredBy) {
    const name = await nameOf(tx, scope, row.answeredBy);
    const said = row.status === "rejected" ? "rejected" : "approved";
    return new AppError("conflict", `${name} has ${said} this already.`, { reason: "answered" });
  }
  const message =
    row?.status === "cancelled"
      ? "The run was ended, so this needs no answer any more."
      : "The time for an answer is over.";
  return new AppError("precondition", message, { reason: "approval_over" });
}
