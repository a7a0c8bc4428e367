import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import type { Need } from "@/lib/metering/rates";
import { RESOURCE_TYPES, type ResourceType } from "@/lib/metering/resources";
import type { GraphNode } from "@/lib/workflows/graph";
import { parseConfig } from "@/lib/workflows/nodes";
import { textModelNeeds } from "./nodes/llm";
import { findRunner } from "./nodes/registry";
import { pinnedAgent } from "./pins";

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

type Run = { workflowVersionId: string | null; agentVersionId: string | null; createdAt: Date };

/**
 * Everything that running these nodes may use and that has a price. `embeddingModelKey` is what questions are embedded
 * with where there is knowledge; null when the installation has no embedding model, so nothing can be embedded.
 */
export async function needsOf(
  tx: Tx,
  scope: TenantScope,
  run: Run,
  nodes: readonly GraphNode[],
  embeddingModelKey: string | null,
): Promise<Need[]> {
  const needs: Need[] = run.workflowVersionId ? [NODE_FEE] : [];
  const embedding: Need[] = embeddingModelKey
    ? [{ resourceType: "embedding_tokens", modelKey: embeddingModelKey }]
    : [];
  for (const node of nodes) {
    const runner = findRunner(node.kind);
    if (runner && !runner.isPure) needs.push(...runner.needs(node.config));
    if (node.kind === "retrieve") needs.push(...embedding);
    if (node.kind !== "agent") continue;
    const { agentId } = parseConfig("agent", node.config);
    const pin = { agentId, agentVersionId: run.agentVersionId, runCreatedAt: run.createdAt };
    const { llmConfig } = await pinnedAgent(tx, scope, pin);
    needs.push(...textModelNeeds(llmConfig.modelKey));
    if (llmConfig.knowledge.mode !== "none") needs.push(...embedding);
  }
  return needs;
}
