import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { workflows } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { countTokens } from "@/lib/ai/tokens";
import { type ModelUse, worstCase } from "@/lib/metering/estimate";
import { type PriceLists, requireAll } from "@/lib/metering/rates";
import type { Micros } from "@/lib/money";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { MAX_WORKFLOW_DEPTH } from "@/lib/workflows/kinds/workflow";
import { findKind, parseConfig } from "@/lib/workflows/nodes";
import {
  type AssumedList,
  assumedLists,
  type CostRange,
  graphCost,
  type ListLengths,
  NOTHING,
  plus,
} from "./graph-cost";
import { textModelNeeds } from "./nodes/llm";
import { pinnedAgent, wholeGraphOf } from "./pins";
import { agentUse, limitStatement, modelsOf, nodeUse, type PlannedUse, withinLimits } from "./worst-case";

type Prices = { readonly lists: PriceLists; readonly now: Date };
type Options = Prices & {
  readonly hasNodeFee: boolean;
  readonly depth?: number;
  /** Of the lists of this graph, where a run is to be run again. */
  readonly lengths?: ListLengths | undefined;
  /** What called versions cost that were estimated already, by how deep they are called. */
  readonly known?: Map<string, GraphEstimate>;
};

export type GraphEstimate = CostRange & { readonly lists: readonly AssumedList[] };

const UNKNOWN: GraphEstimate = { ...NOTHING, lists: [] };

/** What is put into a prompt is not known before: so many tokens of it are assumed, and so many are answered. */
const GIVEN_TOKENS = { likely: 200, high: 4_000 } as const;
const ANSWER_TOKENS = { low: 20, likely: 400 } as const;

/**
 * What a graph costs at the prices given, from what is known before it runs. A model is asked once at least; most likely
 * once, or twice where it has tools, with half of the passages it may be given and a short answer; at most as often and as
 * long as it may (`worstCase`). Called
 * workflows count with their published versions, and are looked at once however often they are called; embeddings of questions, which are fractions of a cent, do not. The lists
 * whose length is assumed are told, those of called workflows too.
 * @throws AppError `precondition`, reasons `rate_missing`, `model_unavailable`
 */
export async function estimateGraph(
  tx: Tx,
  scope: TenantScope,
  graph: Graph,
  { depth = 0, lengths, known = new Map(), ...options }: Options,
): Promise<GraphEstimate> {
  const costs = new Map<string, CostRange>();
  const lists = new Set<AssumedList>();
  for (const node of graph.nodes) {
    if (!isComplete(node)) continue;
    const planned = await plannedUse(tx, scope, node, options.now);
    const fee = feeOf(options);
    const own = planned ? await modelCost(tx, planned, options) : NOTHING;
    const called =
      node.kind === "workflow" && depth < MAX_WORKFLOW_DEPTH
        ? await calledCost(tx, scope, node, { ...options, known, depth: depth + 1 })
        : UNKNOWN;
    for (const list of called.lists) lists.add(list);
    costs.set(node.id, plus(plus({ low: fee, likely: fee, high: fee }, own), called));
  }
  const costOf = (node: GraphNode) => costs.get(node.id) ?? NOTHING;
  return {
    ...graphCost(graph, costOf, lengths),
    lists: [...assumedLists(graph, costOf, lengths), ...lists],
  };
}

/** What a model may use, and how much of it the words of the node and its agent are alone. */
type Planned = { readonly use: PlannedUse; readonly ownTokens: number };

/** Drafts may have nodes that are not filled in yet. */
function isComplete(node: GraphNode): boolean {
  return findKind(node.kind)?.config.safeParse(node.config).success === true;
}

function feeOf({ hasNodeFee, lists, now }: Options): Micros {
  return worstCase({ hasNodeFee, models: [] }, lists, now);
}

async function plannedUse(tx: Tx, scope: TenantScope, node: GraphNode, now: Date): Promise<Planned | null> {
  if (node.kind !== "agent") {
    const use = nodeUse(node, node.config);
    const { system, prompt, text } = node.config;
    return use && { use, ownTokens: countTokens([system, prompt, text].filter(Boolean).join("\n")) };
  }
  const { agentId, prompt } = parseConfig("agent", node.config);
  const { role, llmConfig } = await pinnedAgent(tx, scope, {
    agentId,
    agentVersionId: null,
    runCreatedAt: now,
  });
  return { use: agentUse(role, llmConfig, prompt), ownTokens: countTokens(role) + countTokens(prompt) };
}

async function modelCost(
  tx: Tx,
  { use: planned, ownTokens }: Planned,
  { lists, now }: Prices,
): Promise<CostRange> {
  await requireAll(tx, lists, textModelNeeds(planned.modelKey), now);
  const [use] = withinLimits([planned], await limitStatement(tx, modelsOf([planned])).execute());
  if (!use) return NOTHING;
  const costOf = (model: ModelUse) => worstCase({ hasNodeFee: false, models: [model] }, lists, now);
  const asked = (inputTokens: number, answer: number, calls: number): ModelUse => ({
    ...use,
    calls,
    inputTokens,
    maxOutputTokens: Math.min(use.maxOutputTokens, answer),
  });
  const half = Math.floor((ownTokens + use.inputTokens) / 2);
  return {
    low: costOf(asked(ownTokens, ANSWER_TOKENS.low, 1)),
    likely: costOf(asked(half + GIVEN_TOKENS.likely, ANSWER_TOKENS.likely, use.calls > 3 ? 2 : 1)),
    high: costOf(asked(use.inputTokens + GIVEN_TOKENS.high, use.maxOutputTokens, use.calls)),
  };
}

async function calledCost(
  tx: Tx,
  scope: TenantScope,
  node: GraphNode,
  options: Options & Required<Pick<Options, "known" | "depth">>,
): Promise<GraphEstimate> {
  const { workflowId, versionId } = parseConfig("workflow", node.config);
  const [row] = await tx
    .select({ name: workflows.name, published: workflows.publishedVersionId })
    .from(workflows)
    .where(and(eq(workflows.tenantId, scope.tenantId), eq(workflows.id, workflowId)));
  const workflowVersionId = versionId || row?.published;
  if (!row || !workflowVersionId) return UNKNOWN;
  const key = `${options.depth}:${workflowVersionId}`;
  const before = options.known.get(key);
  if (before) return before;
  const graph = await wholeGraphOf(tx, scope, { workflowVersionId, agentId: null, name: row.name });
  const estimate = await estimateGraph(tx, scope, graph, options);
  options.known.set(key, estimate);
  return estimate;
}
