import { setTimeout as wait } from "node:timers/promises";
import type { TenantScope } from "@/db/scope";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { uploadDocument } from "@/lib/knowledge/commands/upload";
import { getDocument } from "@/lib/knowledge/queries";
import { startRun } from "@/lib/runs/commands/start";
import { isFinished, startRunInput } from "@/lib/runs/input";
import { getRun } from "@/lib/runs/run-queries";
import { createWorkflow } from "@/lib/workflows/commands/create";
import { publishWorkflow } from "@/lib/workflows/commands/publish";
import type { Graph, GraphEdge, GraphNode } from "@/lib/workflows/graph";
import type { SeedFile } from "./files";
import { CHAT_MODEL } from "./platform";

const PATIENCE_MS = 120_000;

async function until(what: string, isDone: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (!(await isDone())) {
    if (performance.now() > giveUpAt) throw new Error(`${what} did not finish`);
    await wait(50);
  }
}

/** Uploads files and waits until they can be searched. */
export async function addDocuments(scope: TenantScope, files: readonly SeedFile[]): Promise<void> {
  for (const file of files) {
    const { document } = await uploadDocument(scope, { filename: file.filename }, file.bytes);
    await until(file.filename, async () => {
      const { status, errorMessage } = await getDocument(scope, document.id);
      if (status === "failed") throw new Error(`${file.filename}: ${errorMessage}`);
      return status === "completed";
    });
  }
}

export type Staff = { support: string; buyer: string };

/** The agents of the demo workspace. */
export async function hireStaff(scope: TenantScope): Promise<Staff> {
  const knowledge = { mode: "all" as const, documentIds: [], topK: 5 };
  const support = await createAgent(
    scope,
    createAgentInput.parse({
      name: "Mara, customer service",
      description: "Answers customers from the handbook, the return policy and the delivery times.",
      role: "You are Mara, who answers the customers of Brightleaf Foods. Use only what the passages say, name the amount or the date that applies, and cite the passages. When they do not hold the answer, say so.",
      llmConfig: {
        modelKey: CHAT_MODEL,
        parameters: {},
        tools: [],
        allowedHosts: [],
        knowledge,
      },
    }),
  );
  const buyer = await createAgent(
    scope,
    createAgentInput.parse({
      name: "Theo, assortment",
      description: "Knows prices and allergens, and calculates.",
      role: "You are Theo, who knows the assortment of Brightleaf Foods. Answer questions about prices and allergens from the price list, exactly.",
      llmConfig: {
        modelKey: CHAT_MODEL,
        parameters: {},
        tools: ["calculator", "current_date"],
        allowedHosts: [],
        knowledge,
      },
    }),
  );
  return { support: support.id, buyer: buyer.id };
}

export function node(
  id: string,
  kind: string,
  name: string,
  x: number,
  y: number,
  config: GraphNode["config"],
): GraphNode {
  return { id, kind, name, position: { x, y }, config };
}

export function edge(source: string, target: string, sourcePort = "out"): GraphEdge {
  return { id: `${source}-${sourcePort}-${target}`, source, sourcePort, target };
}

function answerGraph(agentId: string): Graph {
  return {
    version: 1,
    nodes: [
      node("input", "input", "Question", 0, 120, {
        fields: [
          { key: "customer", label: "Name of the customer", type: "text", required: true },
          { key: "question", label: "Question", type: "long_text", required: true },
        ],
      }),
      node("find", "retrieve", "Find passages", 250, 120, {
        query: "{{ input.question }}",
        topK: 5,
        documentIds: [],
      }),
      node("answer", "agent", "Mara answers", 500, 120, {
        agentId,
        prompt: "{{ input.question }}",
      }),
      node("sure", "condition", "Backed by a document?", 750, 120, {
        match: "all",
        rules: [{ expression: "size(answer.citations) > 0" }],
      }),
      node("reply", "transform", "Write the reply", 1020, 20, {
        fields: [
          {
            key: "text",
            mode: "template",
            value: "Dear {{ input.customer }},\n\n{{ answer.text }}\n\nKind regards\nBrightleaf Foods",
          },
          { key: "next", mode: "template", value: "send" },
        ],
      }),
      node("handover", "transform", "Hand over to a person", 1020, 240, {
        fields: [
          {
            key: "text",
            mode: "template",
            value: "{{ input.customer }} asked: {{ input.question }}\n\nNearest passages:\n{{ find.text }}",
          },
          { key: "next", mode: "template", value: "ask a person" },
        ],
      }),
      node("join", "merge", "Join", 1290, 120, { mode: "first" }),
      node("output", "output", "Result", 1540, 120, {
        fields: [
          { key: "text", mode: "expression", value: "join.value.text" },
          { key: "next", mode: "expression", value: "join.value.next" },
        ],
      }),
    ],
    edges: [
      edge("input", "find"),
      edge("find", "answer"),
      edge("answer", "sure"),
      edge("sure", "reply", "true"),
      edge("sure", "handover", "false"),
      edge("reply", "join"),
      edge("handover", "join"),
      edge("join", "output"),
    ],
  };
}

/** The published workflow of the demo workspace. */
export async function publishAnswerWorkflow(scope: TenantScope, agentId: string): Promise<string> {
  const made = await createWorkflow(scope, {
    name: "Answer a customer",
    description:
      "Finds what our documents say, lets Mara answer, and hands over to a person when nothing backs the answer.",
    template: "blank",
    graph: answerGraph(agentId),
  });
  await publishWorkflow(scope, { workflowId: made.id, revision: made.revision, note: "First version" });
  return made.id;
}

/** Starts a run and waits until it waits for a person. */
export async function runToQuestion(scope: TenantScope, request: unknown): Promise<void> {
  const { executionId } = await startRun(scope, startRunInput.parse(request), { trigger: "seed" });
  await until(`run ${executionId}`, async () => {
    const { status, errorMessage } = await getRun(scope, executionId);
    if (isFinished(status)) throw new Error(`run ${executionId} ended as ${status}: ${errorMessage}`);
    return status === "waiting";
  });
}

/** Starts a run and waits for its end. */
export async function runToEnd(scope: TenantScope, request: unknown): Promise<void> {
  const { executionId } = await startRun(scope, startRunInput.parse(request), { trigger: "seed" });
  await until(`run ${executionId}`, async () => isFinished((await getRun(scope, executionId)).status));
}
