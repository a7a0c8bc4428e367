import { eq } from "drizzle-orm";
import { asPlatform, asWorker, type Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { ledgerEntries, systemRates } from "@/db/schema/billing";
import { aiModels, systemConfigs } from "@/db/schema/config";
import { modelCalls } from "@/db/schema/model-calls";
import type { TenantScope } from "@/db/scope";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { PROVIDER_CONFIG_KEYS } from "@/lib/models/provider-config";
import { makePlatform } from "@/lib/testing/scopes";
import { createWorkflow } from "@/lib/workflows/commands/create";
import { publishWorkflow } from "@/lib/workflows/commands/publish";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { createWorkflowInput } from "@/lib/workflows/input";
import { begin } from "./finish";
import type { FollowUps } from "./follow-up";
import { graphOf } from "./pins";
import type { StepEnd } from "./steps";
import { loadOutcomes, loadRun } from "./store";
import { findWaiting, settleHeld } from "./suspended";

export const TEST_MODEL = "internal-text";
const SINCE = new Date("2020-01-01");

/** The built-in model and prices: 2 and 8 dollars a million tokens in and out, 0.0001 a node. */
export async function seedRunPrices(): Promise<void> {
  const rate = (resourceType: string, unit: string, price: string, modelKey: string | null = null) => ({
    resourceType,
    unit,
    rate: price,
    modelKey,
    effectiveFrom: SINCE,
  });
  await asPlatform(await makePlatform(), async (tx) => {
    await tx
      .insert(aiModels)
      .values({ modelKey: TEST_MODEL, modelName: "Built in", provider: "internal", modelType: "text" });
    await tx
      .insert(systemRates)
      .values([
        rate("text_tokens_input", "1M_tokens", "2.000000", TEST_MODEL),
        rate("text_tokens_output", "1M_tokens", "8.000000", TEST_MODEL),
        rate("workflow_node", "node", "0.000100"),
      ]);
  });
}

export const SMALL_MODEL = "small";

/** Another model of the built-in provider, at these prices of a million tokens. */
export async function addSmallModel(
  price: { readonly input: string; readonly output: string },
  modelKey = SMALL_MODEL,
): Promise<void> {
  const rate = { unit: "1M_tokens", effectiveFrom: SINCE, modelKey };
  await asPlatform(await makePlatform(), async (tx) => {
    await tx
      .insert(aiModels)
      .values({ modelKey, modelName: "Small", provider: "internal", modelType: "text" });
    await tx.insert(systemRates).values([
      { ...rate, resourceType: "text_tokens_input", rate: price.input },
      { ...rate, resourceType: "text_tokens_output", rate: price.output },
    ]);
  });
}

/** A model answered by a stub of a provider, priced as the built-in one. */
export async function addStubModel(baseUrl: string): Promise<string> {
  const modelKey = "stub";
  const rate = { unit: "1M_tokens", effectiveFrom: SINCE, modelKey };
  await asPlatform(await makePlatform(), async (tx) => {
    await tx
      .insert(aiModels)
      .values({ modelKey, modelName: "Stub", provider: "openai_compatible", modelType: "text" });
    await tx
      .insert(systemConfigs)
      .values({ key: PROVIDER_CONFIG_KEYS.openai_compatible.baseUrl, value: baseUrl, isEncrypted: false });
    await tx.insert(systemRates).values([
      { ...rate, resourceType: "text_tokens_input", rate: "2.000000" },
      { ...rate, resourceType: "text_tokens_output", rate: "8.000000" },
    ]);
  });
  return modelKey;
}

/** A node that asks a model. */
export function llmNode(id: string, modelKey: string, prompt = "{{ input.text }}"): GraphNode {
  return testNode(id, "llm", { modelKey, system: "", prompt, outputFields: [] });
}

/** A published workflow. @returns its id */
export async function publishGraph(scope: TenantScope, name: string, graph: Graph): Promise<string> {
  const { id, revision } = await createWorkflow(scope, createWorkflowInput.parse({ name, graph }));
  await publishWorkflow(scope, { workflowId: id, revision, note: "" });
  return id;
}

/** An agent on the built-in model without knowledge or tools. @returns its id */
export async function makeAgent(
  scope: TenantScope,
  name: string,
  role = "You answer briefly.",
): Promise<string> {
  const llmConfig = { modelKey: TEST_MODEL };
  return (await createAgent(scope, createAgentInput.parse({ name, role, llmConfig }))).id;
}

/** A node of a graph with a template for each of its fields. */
export function transformNode(id: string, fields: Record<string, string>): GraphNode {
  return testNode(id, "transform", { fields: fieldsOf(fields) });
}

export function outputNode(id: string, fields: Record<string, string>): GraphNode {
  return testNode(id, "output", { fields: fieldsOf(fields) });
}

function fieldsOf(fields: Record<string, string>) {
  return Object.entries(fields).map(([key, value]) => ({ key, mode: "template", value }));
}

/** Input → the given nodes one after the other → output. */
export function chain(middle: readonly GraphNode[], result: string): Graph {
  const nodes = [testNode("input", "input"), ...middle, outputNode("output", { result })];
  const edges = nodes.slice(1).map((node, index) => testEdge(nodes[index]?.id ?? "", node.id));
  return testGraph(nodes, edges);
}

/** Marks a run as under way, and gives how it stands. Null when there is nothing to do. */
export function beginRun(scope: TenantScope, executionId: string) {
  return asWorker(scope, async (tx) => {
    const run = await loadRun(tx, scope, executionId);
    if (!(await begin(tx, scope, run))) return null;
    return { graph: await graphOf(tx, scope, run), outcomes: await loadOutcomes(tx, scope, executionId) };
  });
}

/** The run, its steps in order, its ledger rows and model calls as the worker sees them. */
export function readRun(scope: TenantScope, executionId: string) {
  return asWorker(scope, async (tx) => {
    const [run] = await tx.select().from(executions).where(eq(executions.id, executionId));
    const steps = await tx
      .select()
      .from(executionSteps)
      .where(eq(executionSteps.executionId, executionId))
      .orderBy(executionSteps.createdAt, executionSteps.id);
    const ledger = await tx.select().from(ledgerEntries).where(eq(ledgerEntries.executionId, executionId));
    const calls = await tx
      .select()
      .from(modelCalls)
      .where(eq(modelCalls.executionId, executionId))
      .orderBy(modelCalls.id);
    if (!run) throw new Error("no such run");
    return { run, steps, ledger, calls };
  });
}

/** Ends a step that waits, as whoever resolves it would. */
export async function settleWaitingStep(
  tx: Tx,
  scope: TenantScope,
  { stepId, end }: { stepId: string; end: StepEnd },
  ups: FollowUps,
): Promise<void> {
  const held = await findWaiting(tx, scope, stepId);
  if (!held) throw new Error("nothing waits there");
  await settleHeld(tx, scope, held, end, ups);
}
