import { DEFAULT_TOOL_STEPS, type RoundsBefore } from "@/lib/ai/call";
import { countTokens, firstTokens } from "@/lib/ai/tokens";
import { AppError } from "@/lib/errors";
import { REPLY_TOKENS } from "@/lib/metering/estimate";
import type { LlmConfig } from "../input";
import { type FetchedPage, MAX_PAGE_CHARS } from "./http-get";

const PASSAGE_TOKENS = 600;
/** What a call of a tool and its reply are wrapped in, each time they are sent. */
const FRAME_TOKENS = 60;
/** With less than this left nothing is looked up. */
const LEAST_TOKENS = FRAME_TOKENS + 50;
/** The most that a question is embedded of, in characters and so in tokens too. */
export const MAX_QUESTION = 4_000;

/** What is set aside for what an agent's tools give in a round: what one search finds, and a page in tokens of the usual four letters. */
export function replyTokens({ tools, knowledge }: LlmConfig): number {
  const found = tools.includes("knowledge_search") ? passageTokens(knowledge.topK) : 0;
  const page = tools.includes("http_get") ? Math.ceil(MAX_PAGE_CHARS / 4) : 0;
  return Math.max(REPLY_TOKENS, found + page);
}

/** What is set aside for so many passages. */
export const passageTokens = (topK: number): number => topK * PASSAGE_TOKENS;

/** One round of tools within an answer. */
export type ToolRound = {
  /**
   * What a tool gives, as far as there is room for it. @param shorten makes it so many tokens long; null when that is nothing
   * @throws AppError `limit_exceeded` when nothing of it may be given any more
   */
  give<T>(whole: T, shorten?: (most: number) => T | null): T;
};

/** How much the tools of one answer may still look up, and give. */
export type ToolRoom = {
  /**
   * Does the work of a tool in the round that is asked for by these messages. What its failure tells takes room too.
   * @throws what `work` throws; AppError `limit_exceeded` when there is no room left
   */
  round<T>(messages: readonly unknown[], work: (round: ToolRound) => T | Promise<T>): Promise<T>;
  /** Whether more may be told: if not, the next round is asked without tools. What was told of calls that were never made takes room too. */
  isOpenAfter(before: RoundsBefore): boolean;
  /** A search is about to be made. @throws AppError `limit_exceeded` */
  search(query: string): void;
};

/**
 * However many tools a model asks for in one round, they give no more than is set aside for the answer. What is given is
 * sent again in each round that may follow: early on it takes as many times as much.
 */
export function toolRoom(config: LlmConfig): ToolRoom {
  const lengths = new Set<number>();
  const sendings = (DEFAULT_TOOL_STEPS * (DEFAULT_TOOL_STEPS - 1)) / 2;
  let left = replyTokens(config) * sendings;
  let questions = MAX_QUESTION * DEFAULT_TOOL_STEPS;
  const timesAfter = (rounds: number) => Math.max(1, DEFAULT_TOOL_STEPS - rounds);
  const takeFor = (times: number) => (told: unknown) => {
    left -= (tokensOf(told) + FRAME_TOKENS) * times;
  };
  return {
    async round(messages, work) {
      lengths.add(messages.length);
      const times = timesAfter(lengths.size);
      const take = takeFor(times);
      try {
        if (left < LEAST_TOKENS * times) throw full();
        return await work({
          give(whole, shorten) {
            const most = Math.floor(left / times) - FRAME_TOKENS;
            const given = tokensOf(whole) <= most ? whole : (shorten?.(most) ?? null);
            if (given === null) throw full();
            take(given);
            return given;
          },
        });
      } catch (error) {
        take(error instanceof Error ? error.message : "");
        throw error;
      }
    },
    isOpenAfter({ count, refused }) {
      refused.forEach(takeFor(timesAfter(count)));
      return left > 0;
    },
    search(query) {
      const tokens = countTokens(query);
      if (tokens > questions) throw full();
      questions -= tokens;
    },
  };
}

function full(): AppError {
  const message = "Your tools have given as much as they may for one answer: answer with what you have.";
  return new AppError("limit_exceeded", message, { reason: "tools_full" });
}

/** Anything but a text is sent as JSON. */
const tokensOf = (given: unknown): number =>
  countTokens(typeof given === "string" ? given : JSON.stringify(given));

/** The start of a page that is at most so many tokens long, as it is sent; null when nothing of its text is left. */
export function startOfPage(page: FetchedPage, most: number): FetchedPage | null {
  for (let tokens = most; tokens > 0; ) {
    const start = { ...page, text: firstTokens(page.text, tokens), isCut: true };
    const over = tokensOf(start) - most;
    if (over <= 0) return start.text ? start : null;
    tokens -= over;
  }
  return null;
}

/** The first of some texts that are at most so many tokens long together; null when none is. */
export function firstTexts(texts: readonly string[], most: number): string | null {
  let kept: string | null = null;
  for (const text of texts) {
    const more: string = kept === null ? text : `${kept}\n\n${text}`;
    if (tokensOf(more) > most) break;
    kept = more;
  }
  return kept;
}
