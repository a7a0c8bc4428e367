import "server-only";
import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { inPassing } from "@/db/statements";
import type { AgentVersionDto } from "@/lib/agents/queries";
import type { ModelRef } from "@/lib/ai/model-ref";
import { newId } from "@/lib/ids";
import { notedCall } from "@/lib/metering/model-calls";
import { type PriceLists, requireAll } from "@/lib/metering/rates";
import { resolveModel } from "@/lib/models/queries";
import type { GraphNode } from "@/lib/workflows/graph";
import { Outdated } from "./assumed-run";
import { stepKeyOf } from "./billing";
import { type KnownModels, reach } from "./known-models";
import { type Asking, callKeyOf, type NotedCall } from "./metered-calls";
import { needsOf } from "./needs";
import { findRunner } from "./nodes/registry";
import { agentOfNode } from "./pins";
import { type CheaperModel, plannedUses, setAside } from "./set-aside";
import type { HeldStep } from "./settle-step";
import { isSameLimits, limitStatement, type ModelLimits, modelsOf, withinLimits } from "./worst-case";

/** What the claim of a step has settled about the models it asks. */
export type StepModels = {
  /** The version of the agent that answers, on a node of an agent. */
  readonly agent: AgentVersionDto | null;
  /** The cheaper model that is to be asked, where a cap says so. */
  readonly cheaperModel: CheaperModel | null;
  /** What its calls are for; null where it asks no model. */
  readonly asking: Asking | null;
  /** Its first call, noted with the claim so that nothing has to be written before it is made. */
  readonly noted: NotedCall | null;
  /** What reaches a model; that of the noted call is looked up while the claim is being written. */
  readonly refOf: (modelKey: string) => Promise<ModelRef>;
};

type Known = KnownModels & {
  /** Whether limits that are known are taken to be so still, until an answer says otherwise. */
  readonly isAssumed: boolean;
};

/**
 * Makes sure that everything a claimed step may use has a price, sets its worst case aside, and notes its first call of a
 * model.
 * @param shown what the step was rendered to
 * @throws AppError `precondition`, reasons `rate_missing`, `model_unavailable` and what `pinnedAgent` throws; Outdated, at
 * the latest before the commit
 */
export async function readyModels(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep & { readonly lists: PriceLists },
  shown: Readonly<Record<string, unknown>>,
  { isAssumed: mayAssume, ...known }: Known,
): Promise<StepModels> {
  const { run, node, lists } = held;
  const pins = { ...run, createdAt: run.pinnedAt };
  const agent = await agentOfNode(tx, scope, pins, node);
  await requireAll(
    tx,
    lists,
    await needsOf(tx, scope, pins, [node], { agentOf: async () => agent }),
    run.now,
  );
  const uses = await plannedUses(tx, scope, node, agent, shown);
  const [use] = uses;
  const modelKeys = modelsOf(uses);
  const isAssumed = mayAssume && modelKeys.every((key) => known.limits.has(key));
  const lookUp = (modelKey: string) => ({ modelKey, ref: reach(known, modelKey, { isAssumed }) });
  const likely = use && !use.embeds ? lookUp(use.modelKey) : null;
  const limits = await limitsOf(tx, modelKeys, { ...known, isAssumed });
  const cheaperModel = await setAside(tx, scope, held, { models: withinLimits(uses, limits), lists });
  const modelKey = cheaperModel?.modelKey ?? likely?.modelKey;
  const limit = limits.find((one) => one.modelKey === modelKey);
  const asking = askingOf(node, agent);
  const noted = asking && limit ? await note(tx, scope, held, limit, asking) : null;
  const ahead = cheaperModel && noted ? lookUp(cheaperModel.modelKey) : likely;
  const refOf = (key: string) => (ahead?.modelKey === key ? ahead.ref : resolveModel(key));
  return { agent, cheaperModel, asking, noted, refOf };
}

function askingOf({ kind }: GraphNode, agent: AgentVersionDto | null): Asking | null {
  const runner = findRunner(kind);
  const purpose = runner?.isPure === false ? runner.asks : null;
  return purpose && { purpose, agentId: agent?.agentId ?? null };
}

async function limitsOf(
  tx: Tx,
  modelKeys: readonly string[],
  { limits, isAssumed }: Known,
): Promise<readonly ModelLimits[]> {
  if (modelKeys.length === 0) return [];
  const statement = limitStatement(tx, modelKeys);
  if (isAssumed) {
    const assumed = modelKeys.flatMap((key) => limits.get(key) ?? []);
    await inPassing(tx, statement, (read) => {
      if (!isSameLimits(read, assumed)) throw new Outdated();
    });
    return assumed;
  }
  const read = await statement.execute();
  for (const limit of read) limits.set(limit.modelKey, limit);
  return read;
}

async function note(
  tx: Tx,
  scope: TenantScope,
  { run, node, iteration, stepId, attempt }: HeldStep,
  { modelKey, provider }: ModelLimits,
  asking: Asking,
): Promise<NotedCall> {
  const callId = newId();
  const callKey = callKeyOf({ stepKey: stepKeyOf(run.id, node.id, iteration), attempt }, 1);
  const call = { ...asking, executionId: run.id, stepId, modelKey, provider, callKey };
  await inPassing(tx, notedCall(tx, scope, { ...call, callId }));
  return { callId, modelKey };
}
