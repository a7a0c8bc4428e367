import { eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { executions } from "@/db/schema/ai";
import type { Provider } from "@/e2e/provider/server";
import { until } from "@/inngest/engine/testing";
import { newId } from "@/lib/ids";
import type { TestTenant } from "@/lib/testing/scopes";
import type { GraphNode } from "@/lib/workflows/graph";
import { startRun } from "../../commands/start";
import { isFinished } from "../../input";
import { addStubModel, chain, llmNode, publishGraph, seedRunPrices } from "../../testing";
import { brokenInvariants } from "./invariants";
import { markedPrompt } from "./prompts";

/** Prices, and the provider as a model. @returns the model's key */
export async function seedFaultModel(provider: Provider): Promise<string> {
  await seedRunPrices();
  return addStubModel(provider.baseUrl);
}

/** A node that asks the provider, naming its step; the scenario says what the provider does. */
export function askNode(id: string, modelKey: string, scenario = ""): GraphNode {
  return llmNode(id, modelKey, markedPrompt(id, scenario));
}

/** A published chain of nodes between input and output. */
export function publishChain(tenant: TestTenant, nodes: readonly GraphNode[]): Promise<string> {
  return publishGraph(tenant.admin, `Chain ${newId()}`, chain(nodes, "done"));
}

export async function begin(tenant: TestTenant, workflowId: string, text: string): Promise<string> {
  const { executionId } = await startRun(tenant.admin, { workflowId, useDraft: false, input: { text } });
  return executionId;
}

/** How the run stands. */
export async function statusOf(executionId: string): Promise<string | null> {
  const [row] = await asSystem("test", (tx) =>
    tx.select({ status: executions.status }).from(executions).where(eq(executions.id, executionId)),
  );
  return row?.status ?? null;
}

export async function untilEnded(executionId: string, timeoutMs = 120_000): Promise<string> {
  const status = await until(
    "the run to end",
    async () => {
      const now = await statusOf(executionId);
      return isFinished(now) ? now : null;
    },
    timeoutMs,
  );
  return status;
}

/** Waits until nothing breaks the rules any more, two minutes at most: what is left then is what the test shows. */
export async function settledInvariants(
  evidence: Parameters<typeof brokenInvariants>[0],
  timeoutMs = 120_000,
): Promise<Awaited<ReturnType<typeof brokenInvariants>>> {
  const end = Date.now() + timeoutMs;
  await until(
    "every run to end",
    async () => {
      const { rows } = await (await database()).pool.query(
        "select 1 from executions where status in ('pending', 'running', 'waiting') limit 1",
      );
      return rows.length === 0 || Date.now() > end;
    },
    timeoutMs + 5_000,
  );
  return brokenInvariants(evidence);
}
