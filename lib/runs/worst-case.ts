import { isDeepStrictEqual } from "node:util";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { aiModels } from "@/db/schema/config";
import type { Statement } from "@/db/statements";
import type { LlmConfig } from "@/lib/agents/input";
import { MAX_QUESTION, passageTokens, replyTokens } from "@/lib/agents/tools/room";
import { DEFAULT_TOOL_STEPS } from "@/lib/ai/call";
import { MAX_REPAIRS } from "@/lib/ai/generate";
import { parameterFields } from "@/lib/ai/parameters";
import { countTokens } from "@/lib/ai/tokens";
import type { ModelUse } from "@/lib/metering/estimate";
import { isProvider } from "@/lib/models/provider-config";
import { longestAnswer } from "@/lib/models/queries";
import type { SwitchingCap } from "@/lib/wallet/caps/rules";
import type { GraphNode } from "@/lib/workflows/graph";
import { parseConfig } from "@/lib/workflows/nodes";

/** What the models of a node may use, before the limits of those models are known. */
export type PlannedUse = Pick<ModelUse, "modelKey" | "inputTokens" | "calls" | "embeds" | "replyTokens"> & {
  readonly maxOutputTokens: number | undefined;
  /** Caps that let it go on with a cheaper model. */
  readonly caps?: readonly SwitchingCap[];
};

/** What a model may use within its limits, and what the cheaper one of each cap may use instead. */
export type LimitedUse = ModelUse & {
  readonly cheaper: readonly {
    readonly cap: SwitchingCap;
    readonly use: ModelUse;
    /** The parameters that this model takes. */
    readonly takes: readonly string[];
  }[];
};

/** The frame around a prompt: roles, the shape of an answer, the list of tools. */
const FRAME_TOKENS = 500;

const textOf = (shown: Readonly<Record<string, unknown>>) =>
  Object.values(shown)
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value ?? "")))
    .join("\n");

/** An agent's answer: its role, what it is asked and the passages it is given; with tools, all rounds it may take. */
export function agentUse(role: string, config: LlmConfig, text: string): PlannedUse {
  const passages = config.knowledge.mode === "none" ? 0 : passageTokens(config.knowledge.topK);
  const hasTools = config.tools.length > 0;
  return {
    modelKey: config.modelKey,
    inputTokens: countTokens(role) + countTokens(text) + passages + FRAME_TOKENS,
    maxOutputTokens: config.parameters.maxOutputTokens,
    ...(hasTools ? { calls: DEFAULT_TOOL_STEPS, replyTokens: replyTokens(config) } : { calls: 1 }),
  };
}

/** What a node without an agent may use; null when it calls no text model. @param shown what it was rendered to */
export function nodeUse(node: GraphNode, shown: Readonly<Record<string, unknown>>): PlannedUse | null {
  const inputTokens = () => countTokens(textOf(shown)) + FRAME_TOKENS;
  if (node.kind === "llm") {
    const { modelKey, maxOutputTokens, outputFields } = parseConfig("llm", node.config);
    if (outputFields.length === 0) return { modelKey, inputTokens: inputTokens(), maxOutputTokens, calls: 1 };
    // What each of them is goes with every call, as the schema of the answer.
    const schemaTokens = countTokens(JSON.stringify(outputFields));
    return { modelKey, inputTokens: inputTokens() + schemaTokens, maxOutputTokens, calls: 1 + MAX_REPAIRS };
  }
  if (node.kind === "classify") {
    const { modelKey } = parseConfig("classify", node.config);
    return { modelKey, inputTokens: inputTokens(), maxOutputTokens: undefined, calls: 1 + MAX_REPAIRS };
  }
  return null;
}

/** What looking something up may use: the question, embedded by each model that documents were embedded with. */
export function searchUses(modelKeys: readonly string[], question: string): PlannedUse[] {
  const inputTokens = countTokens(question.slice(-MAX_QUESTION));
  return modelKeys.map((modelKey) => ({
    modelKey,
    inputTokens,
    maxOutputTokens: 0,
    calls: 1,
    embeds: true as const,
  }));
}

/** The same of an agent: it looks up what it is asked, or with a tool what it wants, as much as once in each round. */
export function agentSearchUses(
  modelKeys: readonly string[],
  { knowledge, tools }: LlmConfig,
  question: string,
): PlannedUse[] {
  if (knowledge.mode === "none") return [];
  const uses = searchUses(modelKeys, question);
  if (!tools.includes("knowledge_search")) return uses;
  return uses.map((use) => ({ ...use, inputTokens: MAX_QUESTION, calls: DEFAULT_TOOL_STEPS }));
}

export type ModelLimits = {
  modelKey: string;
  provider: string;
  providerModel: string | null;
  contextTokens: number | null;
  maxOutputTokens: number | null;
  isActive: boolean;
};

/** The models that these may use, with those that a cap lets them go on with, each once and in order. */
export function modelsOf(uses: readonly Pick<PlannedUse, "modelKey" | "caps">[]): readonly string[] {
  const named = uses.flatMap(({ modelKey, caps = [] }) => [
    modelKey,
    ...caps.map((cap) => cap.fallbackModelKey),
  ]);
  return [...new Set(named)].sort();
}

/** What reads the limits of these models, to be sent together with other statements. */
export function limitStatement(tx: Tx, modelKeys: readonly string[]): Statement<ModelLimits[]> {
  if (modelKeys.length === 0) return { execute: async () => [] };
  return readLimits(tx, { modelKeys: [...modelKeys] });
}

const readLimits = madeOnce<{ modelKeys: string[] }, ModelLimits[]>((tx) =>
  tx
    .select({
      modelKey: aiModels.modelKey,
      provider: aiModels.provider,
      providerModel: aiModels.providerModel,
      contextTokens: aiModels.contextTokens,
      maxOutputTokens: aiModels.maxOutputTokens,
      isActive: sql<boolean>`${aiModels.isActive} is true`,
    })
    .from(aiModels)
    .where(sql`${aiModels.modelKey} = any(${sql.placeholder("modelKeys")}::varchar[])`),
);

/** Whether these models have the same limits, whatever the order. */
export function isSameLimits(some: readonly ModelLimits[], others: readonly ModelLimits[]): boolean {
  return isDeepStrictEqual(byModel(some), byModel(others));
}

function byModel(limits: readonly ModelLimits[]): ReadonlyMap<string, ModelLimits> {
  return new Map(limits.map((limit) => [limit.modelKey, limit]));
}

function parametersOf({ provider, providerModel, modelKey }: ModelLimits): string[] {
  return isProvider(provider)
    ? parameterFields(provider, providerModel ?? modelKey).map(({ name }) => name)
    : [];
}

/** The uses within those limits. A cheaper model that was switched off is none to go on with. */
export function withinLimits(uses: readonly PlannedUse[], limits: readonly ModelLimits[]): LimitedUse[] {
  return uses.map(({ caps = [], ...use }) => {
    const longest = (modelKey: string): ModelUse => {
      const model = limits.find((known) => known.modelKey === modelKey);
      const { contextTokens = null, maxOutputTokens = null } = model ?? {};
      const most = longestAnswer({ contextTokens, maxOutputTokens });
      return { ...use, modelKey, contextTokens, maxOutputTokens: use.maxOutputTokens ?? most };
    };
    const own = longest(use.modelKey);
    const cheaper = caps.flatMap((cap) => {
      const known = limits.find(({ modelKey }) => modelKey === cap.fallbackModelKey);
      if (!known?.isActive) return [];
      const other = longest(cap.fallbackModelKey);
      const maxOutputTokens = Math.min(other.maxOutputTokens, known.maxOutputTokens ?? other.maxOutputTokens);
      return [{ cap, use: { ...other, maxOutputTokens }, takes: parametersOf(known) }];
    });
    return { ...own, cheaper };
  });
}
