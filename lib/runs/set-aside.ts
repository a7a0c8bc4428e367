import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { type ModelUse, worstCase } from "@/lib/metering/estimate";
import type { PriceLists } from "@/lib/metering/rates";
import { hold } from "@/lib/wallet/money-gatherer";
import { parseConfig } from "@/lib/workflows/nodes";
import { stepKeyOf } from "./billing";
import { pinnedAgent } from "./pins";
import type { HeldStep } from "./settle-step";
import { agentUse, nodeUse, type PlannedUse } from "./worst-case";

/** What the models of a step may use, rendered as it is. */
export async function plannedUses(
  tx: Tx,
  scope: TenantScope,
  { run, node }: HeldStep,
  shown: Readonly<Record<string, unknown>>,
): Promise<PlannedUse[]> {
  if (node.kind !== "agent") return [nodeUse(node, shown)].filter((use) => use !== null);
  const { agentId } = parseConfig("agent", node.config);
  const pin = { agentId, agentVersionId: run.agentVersionId, runCreatedAt: run.pinnedAt };
  const { role, llmConfig } = await pinnedAgent(tx, scope, pin);
  return [agentUse(role, llmConfig, JSON.stringify(shown))];
}

/** Holds the most that the step can cost. Earlier attempts are billed with it: each may have cost as much. */
export function setAside(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  { models, lists }: { models: readonly ModelUse[]; lists: PriceLists },
): void {
  const { run, node, iteration, stepId, attempt } = held;
  const worst = worstCase({ hasNodeFee: run.workflowId !== null, models }, lists, run.now);
  if (worst === 0n) return;
  const place = {
    key: stepKeyOf(run.id, node.id, iteration),
    stepId,
    executionId: run.id,
    rootExecutionId: run.rootExecutionId,
    agentId: node.kind === "agent" ? parseConfig("agent", node.config).agentId : null,
  };
  hold(tx, scope, place, worst * BigInt(attempt));
}
