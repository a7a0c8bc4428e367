import type { TenantScope } from "@/db/scope";
import { until } from "@/inngest/engine/testing";
import { startRun } from "@/lib/runs/commands/start";
import { isFinished } from "@/lib/runs/input";
import { outputNode, publishGraph, readRun } from "@/lib/runs/testing";
import type { TestTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { type ApprovalList, answerApprovalInput, listApprovalsInput } from "./input";
import { listApprovals } from "./queries";

export const PATIENCE_MS = 90_000;

let made = 0;
/** The one field of the question. */
export const LIMIT = { key: "limit", label: "Limit", type: "number", required: true } as const;

/** A run that asks, and the question. */
export async function ask(tenant: TestTenant, config: Record<string, unknown> = {}) {
  const approval = testNode("approval", "approval", {
    title: "Pay {{ input.text }}?",
    message: "It is **due**.",
    fields: [LIMIT],
    who: "anyone",
    userIds: [],
    ...config,
  });
  const graph = testGraph(
    [
      testNode("input", "input"),
      approval,
      outputNode("yes", { result: "paid up to {{ approval.answer.limit }} by {{ approval.answeredBy }}" }),
      outputNode("no", { result: "refused: {{ approval.comment }}" }),
    ],
    [
      testEdge("input", "approval"),
      testEdge("approval", "yes", "approved"),
      testEdge("approval", "no", "rejected"),
    ],
  );
  made += 1;
  const workflowId = await publishGraph(tenant.admin, `Invoices ${made}`, graph);
  const { executionId } = await startRun(tenant.member, {
    workflowId,
    useDraft: false,
    input: { text: "Acme" },
  });
  const question = async () =>
    (await list(tenant.admin, "waiting")).find((one) => one.executionId === executionId);
  await until("the question", async () => (await question()) !== undefined, PATIENCE_MS);
  return { executionId, approvalId: (await question())?.id ?? "" };
}

export async function list(scope: TenantScope, show: ApprovalList) {
  return (await listApprovals(scope, listApprovalsInput.parse({ show }))).items;
}

/** An answer that allows 400, or what is said instead. */
export const answerOf = (approvalId: string, more: Record<string, unknown> = {}) =>
  answerApprovalInput.parse({ approvalId, decision: "approved", answer: { limit: "400" }, ...more });

export async function ended(tenant: TestTenant, executionId: string) {
  await until(
    "the run to end",
    async () => isFinished((await readRun(tenant.admin, executionId)).run.status),
    PATIENCE_MS,
  );
  return (await readRun(tenant.admin, executionId)).run;
}
