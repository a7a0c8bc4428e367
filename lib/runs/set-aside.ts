import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { creditHolds } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import type { AgentVersionDto } from "@/lib/agents/queries";
import { searchedModels } from "@/lib/knowledge/store";
import { hasPrices, worstCase } from "@/lib/metering/estimate";
import type { PriceLists } from "@/lib/metering/rates";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { choiceOf } from "@/lib/wallet/caps/rules";
import { switchingCaps } from "@/lib/wallet/caps/store";
import { hold } from "@/lib/wallet/money-gatherer";
import type { GraphNode } from "@/lib/workflows/graph";
import { parseConfig } from "@/lib/workflows/nodes";
import { stepKeyOf } from "./billing";
import type { HeldStep } from "./settle-step";
import {
  agentSearchUses,
  agentUse,
  type LimitedUse,
  nodeUse,
  type PlannedUse,
  searchUses,
} from "./worst-case";

/** A cheaper model that an agent answers with instead of its own. */
export type CheaperModel = {
  readonly modelKey: string;
  readonly maxOutputTokens: number;
  /** The parameters that it takes. */
  readonly takes: readonly string[];
};

/**
 * What the models of a step may use, rendered as it is: first the one that it asks.
 * @param agent who answers, on a node of an agent
 */
export async function plannedUses(
  tx: Tx,
  scope: TenantScope,
  node: GraphNode,
  agent: AgentVersionDto | null,
  shown: Readonly<Record<string, unknown>>,
): Promise<PlannedUse[]> {
  if (node.kind === "retrieve")
    return searchUses(await searchedModels(tx, scope.tenantId), String(shown.query ?? ""));
  if (!agent) return [nodeUse(node, shown)].filter((use) => use !== null);
  const { agentId, role, llmConfig } = agent;
  const caps = await switchingCaps(tx, scope, agentId);
  const searched = llmConfig.knowledge.mode === "none" ? [] : await searchedModels(tx, scope.tenantId);
  return [
    { ...agentUse(role, llmConfig, JSON.stringify(shown)), caps },
    ...agentSearchUses(searched, llmConfig, String(shown.prompt ?? "")),
  ];
}

/** Of models within their limits: the most that an attempt costs, and the cheaper model where a cap says so. */
export function chosenModel(
  models: readonly LimitedUse[],
  { hasNodeFee, at }: { hasNodeFee: boolean; at: Date },
  lists: PriceLists,
): { worst: Micros; cheaperModel: CheaperModel | null } {
  const mostOf = (some: Parameters<typeof worstCase>[0]["models"]) =>
    worstCase({ hasNodeFee, models: some }, lists, at);
  const own = mostOf(models);
  const searches = models.filter((model) => model.embeds);
  const cheaper = models
    .flatMap((model) => model.cheaper)
    .filter(({ cap, use }) => choiceOf(cap, own) === "switch" && hasPrices(lists, use.modelKey, at))
    .map(({ use, takes }) => ({ use: { ...use, takes }, worst: mostOf([use, ...searches]) }))
    .find(({ worst }) => worst < own);
  return { worst: cheaper?.worst ?? own, cheaperModel: cheaper?.use ?? null };
}

/** The same agent with another model, which answers no longer than it can, and of whose parameters it is told what it takes. */
export function withModel(
  agent: AgentVersionDto,
  { modelKey, maxOutputTokens, takes }: CheaperModel,
): AgentVersionDto {
  const taken = Object.entries(agent.llmConfig.parameters).filter(([name]) => takes.includes(name));
  const parameters = { ...Object.fromEntries(taken), maxOutputTokens };
  return { ...agent, llmConfig: { ...agent.llmConfig, modelKey, parameters } };
}

/** What earlier attempts of a step have set aside: it is billed with what they used, by whatever model that was. */
async function heldBefore(tx: Tx, { tenantId }: TenantScope, key: string): Promise<Micros> {
  const [known] = await tx
    .select({ amount: creditHolds.amount })
    .from(creditHolds)
    .where(and(eq(creditHolds.tenantId, tenantId), eq(creditHolds.key, key), eq(creditHolds.status, "open")));
  return microsFromNumeric(known?.amount ?? "0");
}

/**
 * Holds the most that the step can cost, on top of what is held for its earlier attempts.
 * @returns the cheaper model that it is to use, where a cap says so; null for its own
 */
export async function setAside(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  { models, lists }: { models: readonly LimitedUse[]; lists: PriceLists },
): Promise<CheaperModel | null> {
  const { run, node, iteration, stepId, attempt } = held;
  const work = { hasNodeFee: run.workflowId !== null, at: run.now };
  const { worst, cheaperModel } = chosenModel(models, work, lists);
  if (worst === 0n) return cheaperModel;
  const key = stepKeyOf(run.id, node.id, iteration);
  const place = {
    key,
    stepId,
    executionId: run.id,
    rootExecutionId: run.rootExecutionId,
    agentId: node.kind === "agent" ? parseConfig("agent", node.config).agentId : null,
  };
  const before = attempt > 1 ? await heldBefore(tx, scope, key) : 0n;
  hold(tx, scope, place, before + worst);
  return cheaperModel;
}
