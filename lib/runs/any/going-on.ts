import { and, eq, isNull, or } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { approvals } from "@/db/schema/run-control";
import { answerApproval } from "@/lib/approvals/commands";
import { answerApprovalInput } from "@/lib/approvals/input";
import { AppError } from "@/lib/errors";
import type { TestTenant } from "@/lib/testing/scopes";
import { wakeStep } from "../suspended";
import type { Decision } from "./drawing";

/** The steps of a run and its parts that wait for a time or a person, with what is asked. */
function waitingSteps({ job }: TestTenant, executionId: string) {
  const { tenantId, status, kind } = executionSteps;
  return asWorker(job, (tx) =>
    tx
      .select({ id: executionSteps.id, nodeId: executionSteps.nodeId, approvalId: approvals.id })
      .from(executionSteps)
      .innerJoin(
        executions,
        and(eq(executions.tenantId, tenantId), eq(executions.id, executionSteps.executionId)),
      )
      .leftJoin(
        approvals,
        and(
          eq(approvals.tenantId, tenantId),
          eq(approvals.stepId, executionSteps.id),
          eq(approvals.status, "pending"),
        ),
      )
      .where(
        and(
          eq(status, "waiting"),
          or(eq(kind, "wait"), eq(kind, "approval")),
          isNull(executionSteps.waitReason),
          or(eq(executions.id, executionId), eq(executions.rootExecutionId, executionId)),
        ),
      ),
  );
}

/** Somebody else was faster, or it is over. */
function ifLate(error: unknown): void {
  if (!(error instanceof AppError && ["conflict", "precondition"].includes(error.code))) throw error;
}

/**
 * Lets the time pass that a run waits for, and answers what it asks, all at once and by two people.
 * @returns whether it waited for any of it
 */
export async function letGoOn(
  tenant: TestTenant,
  executionId: string,
  answers: ReadonlyMap<string, Decision>,
): Promise<boolean> {
  const goOn = async ({ id, nodeId, approvalId }: Awaited<ReturnType<typeof waitingSteps>>[number]) => {
    const decision = answers.get(nodeId) ?? "timeout";
    if (approvalId && decision !== "timeout") {
      const answer = answerApprovalInput.parse({ approvalId, decision });
      const people = [tenant.member, tenant.admin];
      await Promise.all(people.map((person) => answerApproval(person, answer).catch(ifLate)));
      return;
    }
    await asWorker(tenant.job, (tx) =>
      tx
        .update(executionSteps)
        .set({ wakeAt: new Date(0) })
        .where(
          and(
            eq(executionSteps.tenantId, tenant.job.tenantId),
            eq(executionSteps.id, id),
            eq(executionSteps.status, "waiting"),
          ),
        ),
    );
    await wakeStep(tenant.job, id);
  };
  const steps = await waitingSteps(tenant, executionId);
  await Promise.all(steps.map(goOn));
  return steps.length > 0;
}
