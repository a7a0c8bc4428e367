import { eq } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { agents, executions, workflows } from "@/db/schema/ai";
import { spendCaps } from "@/db/schema/caps";
import { creditNotes, invoices } from "@/db/schema/invoices";
import { documents } from "@/db/schema/knowledge";
import { topups } from "@/db/schema/payments";
import { runBatches } from "@/db/schema/run-batches";
import { approvals } from "@/db/schema/run-control";
import type { Operation } from "@/lib/api/operation";
import { chain, makeAgent, publishGraph, transformNode } from "@/lib/runs/testing";
import type { TestTenant } from "@/lib/testing/scopes";
import type { CallOptions } from "./testing";

/** What an operation is sent, as its example says. */
export function requestOf({ body, example }: Operation): CallOptions {
  if (!body) return {};
  return body === "file" ? { body: "text", headers: { "x-filename": "a.txt" } } : { json: example?.body };
}

/** The ids of what was planted for the tenant, by the name of the parameter of a path. */
export async function plantedIds(tenant: TestTenant): Promise<Record<string, string>> {
  const { tenantId } = tenant;
  const one = async (
    table:
      | typeof agents
      | typeof workflows
      | typeof executions
      | typeof documents
      | typeof invoices
      | typeof creditNotes
      | typeof spendCaps
      | typeof topups
      | typeof runBatches
      | typeof approvals,
  ) =>
    asTenant(tenant.admin, async (tx) => {
      const [row] = await tx
        .select({ id: table.id })
        .from(table)
        .where(eq(table.tenantId, tenantId))
        .limit(1);
      if (!row) throw new Error("nothing was planted");
      return row.id;
    });
  return {
    agentId: await one(agents),
    workflowId: await one(workflows),
    executionId: await one(executions),
    documentId: await one(documents),
    invoiceId: await one(invoices),
    creditNoteId: await one(creditNotes),
    capId: await one(spendCaps),
    topupId: await one(topups),
    batchId: await one(runBatches),
    approvalId: await one(approvals),
    nodeId: "a",
  };
}

/** What is planted only has to be there: here it is read too. @returns the ids of an agent and a workflow that work */
export async function makeReadable({ admin }: TestTenant): Promise<{ agentId: string; workflowId: string }> {
  const agentId = await makeAgent(admin, "Ana");
  const graph = chain([transformNode("t", { text: "{{ input.text }}" })], "{{ t.text }}");
  const workflowId = await publishGraph(admin, "Echo", graph);
  await asTenant(admin, async (tx) => {
    const [made] = await tx
      .select({ llmConfig: agents.llmConfig })
      .from(agents)
      .where(eq(agents.id, agentId));
    await tx.update(agents).set({ llmConfig: made?.llmConfig });
  });
  return { agentId, workflowId };
}
