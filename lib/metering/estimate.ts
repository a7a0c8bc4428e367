import { type Micros, multiplyMicros } from "@/lib/money";
import { resolveRates } from "./pricing";
import { type PriceLists, requireRates, thingOf } from "./rates";
import { countQuantity, type ResourceType, tokenQuantity } from "./resources";

/** How a model may be used by one piece of work. */
export type ModelUse = {
  /** An embedding model: each call embeds a question, and nothing else. */
  readonly embeds?: true;
  readonly modelKey: string;
  /** Tokens of what is sent first, as we count them. */
  readonly inputTokens: number;
  /** The most that one call may answer: the same number is sent to the provider. */
  readonly maxOutputTokens: number;
  /** The most that one call may be sent. */
  readonly contextTokens: number | null;
  /** Calls in turn, each with what came before: rounds with tools, repairs of an answer. */
  readonly calls: number;
  /**
   * Given to each further call beside what it answered; a short remark unless something else is said. What is said of tools is
   * given in all: the first of the calls may be given what others are not.
   */
  readonly replyTokens?: number;
};

export type WorkParts = { readonly hasNodeFee: boolean; readonly models: readonly ModelUse[] };

/** Providers count a little differently than we do. */
const COUNTING_PERCENT = 110;
/** What a tool gives back that gives little, or what is said about a wrong answer. */
export const REPLY_TOKENS = 2_000;

/** The most that a provider counts of what we count so many tokens of. */
const countedByOthers = (tokens: number): number => Math.ceil((tokens * COUNTING_PERCENT) / 100);

function inputOf(use: ModelUse): number {
  const { inputTokens, maxOutputTokens, contextTokens, calls } = use;
  const replyTokens = use.replyTokens === undefined ? REPLY_TOKENS : countedByOthers(use.replyTokens);
  const most = contextTokens ?? Number.MAX_SAFE_INTEGER;
  const first = countedByOthers(inputTokens);
  const isEven = use.replyTokens === undefined;
  let sum = 0;
  for (let call = 0; call < calls; call += 1) {
    const sent = first + call * (maxOutputTokens + replyTokens);
    sum += isEven ? Math.min(sent, most) : sent;
  }
  return Math.min(sum, Math.min(first, most) + (calls - 1) * most);
}

/**
 * The most that a piece of work can cost at the prices in force: every call as long as it may be. In micro-dollars.
 * @throws AppError `precondition`, reason `rate_missing`
 */
export function worstCase(parts: WorkParts, lists: PriceLists, at: Date): Micros {
  const cost = (resourceType: ResourceType, modelKey: string | null, quantityMicros: bigint): Micros =>
    multiplyMicros(quantityMicros, requireRates(lists, { resourceType, modelKey }, at).tenantRate);
  let sum = parts.hasNodeFee ? cost("workflow_node", null, countQuantity(1)) : 0n;
  for (const use of parts.models) {
    if (use.embeds) {
      const tokens = countedByOthers(use.inputTokens) * use.calls;
      sum += cost("embedding_tokens", use.modelKey, tokenQuantity(tokens));
      continue;
    }
    sum += cost("text_tokens_input", use.modelKey, tokenQuantity(inputOf(use)));
    sum += cost("text_tokens_output", use.modelKey, tokenQuantity(use.calls * use.maxOutputTokens));
  }
  return sum;
}

/** Whether these lists have prices for what a text model reads and writes. */
export function hasPrices(lists: PriceLists, modelKey: string, at: Date): boolean {
  return (["text_tokens_input", "text_tokens_output"] as const).every(
    (resourceType) => resolveRates(lists, thingOf({ resourceType, modelKey }), at) !== null,
  );
}
