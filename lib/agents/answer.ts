import "server-only";
import type { TenantScope } from "@/db/scope";
import type { CallOptions } from "@/lib/ai/call";
import type { ModelRef } from "@/lib/ai/model-ref";
import { authorize } from "@/lib/auth/authorize";
import { retrieve } from "@/lib/knowledge/retrieve";
import type { UsageSource } from "@/lib/metering/record";
import { resolveModel } from "@/lib/models/queries";
import type { AgentMessage } from "./input";
import { type Citation, citedPassages, type NumberedPassage, systemPrompt } from "./prompt";
import type { AgentVersionDto } from "./queries";
import { toolsOf } from "./tools/toolset";

export type AgentQuestion = {
  /** The pinned version that answers (`runnableVersion` or `agentVersion`). */
  agent: AgentVersionDto;
  /** What reaches its model, where that is looked up already. */
  model?: Promise<ModelRef>;
  /** Ends with what the user says now. For a single prompt: one user message. */
  messages: readonly AgentMessage[];
  /** What searches are billed to. */
  source: UsageSource;
  /**
   * The same on every repetition of this answer, e.g. `exec:{id}:{node}:{iteration}`: each search is billed once under it, and
   * paid for out of what is set aside under it.
   */
  usageKey: string;
  abortSignal?: AbortSignal;
  timeoutMs?: number;
};

export type PreparedAnswer = {
  /** What to give to `generate` or `stream`. Metering that call is the caller's. */
  call: CallOptions;
  model: ModelRef;
  /** The passages that were found so far; a search tool may add to them while the answer is made. */
  passages: () => readonly NumberedPassage[];
  /** The passages an answer cites, once its text is there. */
  citationsIn: (text: string) => Citation[];
};

/**
 * Makes everything ready for an agent to answer: resolves its model, retrieves passages for the newest message when it
 * has knowledge (with the search tool it searches by itself), writes the system prompt and binds the tools. Searches,
 * here and in tools, are metered as embeddings by `retrieve`. Must not run inside a transaction.
 *
 * @throws AppError `precondition` (`model_unavailable`, `rate_missing`) and what `retrieve` throws
 */
export async function prepareAnswer(scope: TenantScope, question: AgentQuestion): Promise<PreparedAnswer> {
  authorize(scope, "agent.run");
  const { agent, messages } = question;
  const { llmConfig: config, role } = agent;
  const model = await (question.model ?? resolveModel(config.modelKey));
  const found: NumberedPassage[] = [];
  let searches = 0;
  const search = async (query: string): Promise<NumberedPassage[]> => {
    searches += 1;
    return addPassages(found, await passagesFor(scope, question, query, searches));
  };
  const searchesByItself = config.tools.includes("knowledge_search");
  const newest = messages.at(-1)?.content ?? "";
  if (config.knowledge.mode !== "none" && !searchesByItself) await search(newest);
  const { tools, mayUseTools } = toolsOf({ config, now: new Date(), search });
  return {
    model,
    call: {
      model,
      system: systemPrompt(role, found),
      messages: messages.map(({ role: speaker, content }) => ({ role: speaker, content })),
      ...config.parameters,
      ...(Object.keys(tools).length > 0 ? { tools, mayUseTools } : {}),
      ...(question.abortSignal ? { abortSignal: question.abortSignal } : {}),
      ...(question.timeoutMs === undefined ? {} : { timeoutMs: question.timeoutMs }),
    },
    passages: () => found,
    citationsIn: (text) => citedPassages(text, found),
  };
}

/** The search box takes 4,000 characters; the end of a long message says what is wanted. */
const MAX_QUERY_CHARS = 4_000;

async function passagesFor(scope: TenantScope, question: AgentQuestion, query: string, number: number) {
  const { knowledge } = question.agent.llmConfig;
  if (knowledge.mode === "none") return [];
  return retrieve(
    scope,
    {
      query: query.slice(-MAX_QUERY_CHARS).trim(),
      topK: knowledge.topK,
      agentId: question.agent.agentId,
      ...(knowledge.mode === "selected" ? { documentIds: knowledge.documentIds } : {}),
    },
    {
      source: question.source,
      usageKey: `${question.usageKey}:search:${number}`,
      stepHoldKey: question.usageKey,
    },
  );
}

type FoundPassage = Omit<NumberedPassage, "number">;

/** Numbers passages on from those found before; one that was found before keeps its number. */
function addPassages(found: NumberedPassage[], passages: readonly FoundPassage[]): NumberedPassage[] {
  return passages.map(({ documentId, chunkId, filename, page, heading, text }) => {
    const known = found.find((passage) => passage.chunkId === chunkId);
    if (known) return known;
    const numbered = { number: found.length + 1, documentId, chunkId, filename, page, heading, text };
    found.push(numbered);
    return numbered;
  });
}
