import { z } from "zod";
import { REASONING_EFFORTS } from "@/lib/ai/parameters";
import { hostList } from "@/lib/http/host-list";
import { cursorInput, MAX_PAGE_SIZE, PAGE_SIZE } from "@/lib/paging";
import { seenLength } from "@/lib/seen-length";

export const TOOL_NAMES = ["knowledge_search", "http_get", "calculator", "current_date"] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** So many agents are offered where one is chosen, by name. */
export const MOST_AGENTS = 500;
const MAX_DOCUMENTS = 200;
const MAX_HOSTS = 50;
export const DEFAULT_TOP_K = 5;

/** Forms send numbers as text, and an empty field for "not set". */
function fromText(value: unknown): unknown {
  if (value === "" || value === null) return undefined;
  return typeof value === "string" ? Number(value) : value;
}

const optionalNumber = (message: string) => z.preprocess(fromText, z.number(message).optional()).optional();

/** A list as JSON sends it, or as a form does: one value alone, several, or none. */
const listOf = <T extends z.ZodType>(item: T, most: number) =>
  z
    .preprocess(
      (value) => (Array.isArray(value) ? value : value === "" ? [] : [value]),
      z.array(item).max(most),
    )
    .default([]);

const parameters = z
  .strictObject({
    temperature: optionalNumber("Enter a number from 0 to 2."),
    topP: optionalNumber("Enter a number from 0 to 1."),
    maxOutputTokens: optionalNumber("Enter a whole number."),
    frequencyPenalty: optionalNumber("Enter a number from -2 to 2."),
    presencePenalty: optionalNumber("Enter a number from -2 to 2."),
    seed: optionalNumber("Enter a whole number."),
    reasoningEffort: z
      .preprocess((value) => (value === "" ? undefined : value), z.enum(REASONING_EFFORTS).optional())
      .optional(),
  })
  .default({});

/** Hosts `http_get` may reach. */
const allowedHosts = hostList(MAX_HOSTS).default([]);

const knowledge = z
  .strictObject({
    /** `all`: every document of the workspace that is not kept for another agent. */
    mode: z.enum(["none", "all", "selected"], "Choose what the agent may read."),
    documentIds: listOf(z.uuid("This is not a document."), MAX_DOCUMENTS),
    /** How many passages are put before the model. */
    topK: z
      .preprocess(
        fromText,
        z.int("Enter a whole number.").min(1, "At least 1.").max(20, "At most 20.").optional(),
      )
      .transform((value) => value ?? DEFAULT_TOP_K)
      .default(DEFAULT_TOP_K),
  })
  .refine((value) => value.mode !== "selected" || value.documentIds.length > 0, {
    path: ["documentIds"],
    message: "Choose at least one document.",
  })
  .default({ mode: "none", documentIds: [], topK: DEFAULT_TOP_K });

/**
 * The shape of `agents.llm_config`. Which of the parameters a model takes is checked against the model when the agent
 * is saved (`parametersSchema`), because the model decides.
 */
export const llmConfig = z
  .strictObject({
    modelKey: z.string("Choose a model.").trim().min(1, "Choose a model.").max(200),
    parameters,
    tools: listOf(z.enum(TOOL_NAMES), TOOL_NAMES.length).transform((tools) => [...new Set(tools)]),
    allowedHosts,
    knowledge,
  })
  .refine((config) => !config.tools.includes("http_get") || config.allowedHosts.length > 0, {
    path: ["allowedHosts"],
    message: "List at least one host, or switch the tool off.",
  })
  .refine((config) => !config.tools.includes("knowledge_search") || config.knowledge.mode !== "none", {
    path: ["knowledge.mode"],
    message: "The search tool needs documents: choose all or some, or switch it off.",
  });
export type LlmConfig = z.output<typeof llmConfig>;
export type AgentKnowledge = LlmConfig["knowledge"];

const fields = {
  name: z
    .string("Give the agent a name.")
    .trim()
    .refine((name) => seenLength(name) > 0, "Give the agent a name.")
    .max(100, "At most 100 characters."),
  /** The system prompt. */
  role: z
    .string("Say what the agent does.")
    .trim()
    .refine((role) => seenLength(role) > 0, "Say what the agent does.")
    .max(20_000, "At most 20,000 characters."),
  description: z.string().trim().max(500, "At most 500 characters.").default(""),
  llmConfig,
};

export const createAgentInput = z.strictObject(fields);
export type CreateAgentInput = z.output<typeof createAgentInput>;

/** `version` is the one that was opened: saving over a newer one is a conflict. */
export const updateAgentInput = z.strictObject({
  ...fields,
  agentId: z.uuid(),
  version: z.preprocess(fromText, z.int().min(1)),
});
export type UpdateAgentInput = z.output<typeof updateAgentInput>;

export const setAgentActiveInput = z.strictObject({ agentId: z.uuid(), isActive: z.boolean() });
export const duplicateAgentInput = z.strictObject({ agentId: z.uuid() });

const agentId = z.uuid("This agent does not exist.");
const versionId = z.uuid("This version does not exist.");

export const restoreAgentInput = z.strictObject({ agentId, versionId });
export type RestoreAgentInput = z.output<typeof restoreAgentInput>;

export const listAgentVersionsInput = z.strictObject({
  agentId,
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
});
export type ListAgentVersionsInput = z.input<typeof listAgentVersionsInput>;

/** Two versions to compare. */
export const agentDiffInput = z.strictObject({ agentId, from: versionId, to: versionId });
export type AgentDiffInput = z.output<typeof agentDiffInput>;

/** What is compared, and which page of versions is shown. */
export const agentVersionsQuery = z.strictObject({
  from: versionId.optional(),
  to: versionId.optional(),
  cursor: cursorInput,
});

export const AGENT_STATUSES = ["active", "inactive"] as const;

export const listAgentsInput = z.strictObject({
  /** Part of a name or description. */
  q: z.string().trim().max(200).optional(),
  status: z.enum(AGENT_STATUSES).optional(),
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
});
export type ListAgentsInput = z.input<typeof listAgentsInput>;

export const MAX_MESSAGE_CHARS = 20_000;
export const MAX_MESSAGES = 40;

const content = z.string().trim().min(1);

/** A conversation as the playground sends it: it ends with what the user says now. */
const agentMessages = z
  .array(
    z.discriminatedUnion("role", [
      z.strictObject({ role: z.literal("user"), content: content.max(MAX_MESSAGE_CHARS) }),
      // As long as the model made it.
      z.strictObject({ role: z.literal("assistant"), content }),
    ]),
  )
  .min(1, "Write a message.")
  .max(MAX_MESSAGES, "This conversation is too long. Start a new one.")
  .refine((messages) => messages.at(-1)?.role === "user", "The last message must be the user's.");
export type AgentMessage = z.output<typeof agentMessages>[number];

export const playgroundInput = z.strictObject({
  messages: agentMessages,
  /** What the asking tab calls the question: by it the run is found before its id was told. */
  questionKey: z.uuid().optional(),
});
