import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import type { AgentVersionDto } from "@/lib/agents/queries";
import type { Need } from "@/lib/metering/rates";
import { RESOURCE_TYPES, type ResourceType } from "@/lib/metering/resources";
import type { GraphNode } from "@/lib/workflows/graph";
import { textModelNeeds } from "./nodes/llm";
import { findRunner } from "./nodes/registry";
import { agentOfNode } from "./pins";

const NODE_FEE: Need = { resourceType: "workflow_node", modelKey: null };

/** Every resource that running these nodes may use, whatever agents they call: what prices are read of. */
export function resourcesOf(nodes: readonly GraphNode[]): readonly ResourceType[] {
  const asksModels = nodes.some((node) => {
    const runner = findRunner(node.kind);
    if (node.kind === "agent" || node.kind === "retrieve") return true;
    return runner?.isPure === false && runner.needs(node.config).length > 0;
  });
  return asksModels ? RESOURCE_TYPES : [NODE_FEE.resourceType];
}

type Knowing = {
  embeddingModelKey?: string | null;
  agentOf?: (node: GraphNode) => Promise<AgentVersionDto | null>;
};

type Run = { workflowVersionId: string | null; agentVersionId: string | null; createdAt: Date };

/**
 * Everything that running these nodes may use and that has a price.
 * @param known `embeddingModelKey`: what questions are embedded with where there is knowledge; left out when the
 * installation has no embedding model, so nothing can be embedded; `agentOf`: who answers for a node
 */
export async function needsOf(
  tx: Tx,
  scope: TenantScope,
  run: Run,
  nodes: readonly GraphNode[],
  { embeddingModelKey, agentOf = (node) => agentOfNode(tx, scope, run, node) }: Knowing,
): Promise<Need[]> {
  const needs: Need[] = run.workflowVersionId ? [NODE_FEE] : [];
  const embedding: Need[] = embeddingModelKey
    ? [{ resourceType: "embedding_tokens", modelKey: embeddingModelKey }]
    : [];
  for (const node of nodes) {
    const runner = findRunner(node.kind);
    if (runner && !runner.isPure) needs.push(...runner.needs(node.config));
    if (node.kind === "retrieve") needs.push(...embedding);
    const agent = await agentOf(node);
    if (!agent) continue;
    const { llmConfig } = agent;
    needs.push(...textModelNeeds(llmConfig.modelKey));
    if (llmConfig.knowledge.mode !== "none") needs.push(...embedding);
  }
  return needs;
}
