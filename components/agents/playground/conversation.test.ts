import { beforeEach, expect, it, vi } from "vitest";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { MAX_MESSAGE_CHARS, playgroundInput } from "@/lib/agents/input";
import type { PlaygroundEvent } from "@/lib/agents/playground-events";
import {
  applied,
  historyOf,
  isLeftOpen,
  keepConversation,
  readConversation,
  type Turn,
} from "./conversation";

const talk = { userId: "clara", agentId: "mara" };
const facts = {
  executionId: "run",
  inputTokens: 1,
  outputTokens: 2,
  latencyMs: 3,
  firstTokenMs: null,
  costMicros: "40",
};
const asked: Turn = { id: 1, question: "Why?", text: "", state: "streaming", tools: [], citations: [] };
const answered = [
  { type: "start", executionId: "run" },
  { type: "tool", id: "t", name: "search_knowledge", state: "called", input: { query: "why" } },
  { type: "tool", id: "t", name: "search_knowledge", state: "done" },
  { type: "text", text: "Beca" },
  {
    type: "done",
    text: "Because [1].",
    facts,
    citations: [
      {
        number: 1,
        documentId: "d",
        chunkId: "c",
        filename: "why.pdf",
        page: 2,
        heading: null,
        excerpt: "As",
      },
    ],
    finishReason: "length",
  },
] as const;
const events = () => answered.map((event) => structuredClone(event) as PlaygroundEvent);
const answer = () => events().reduce<Turn>(applied, asked);

let kept: Map<string, string>;
beforeEach(() => {
  kept = new Map();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

it("gives a conversation back as it was, to the one who had it and with that agent only", () => {
  keepConversation(talk, [answer()]);
  expect(readConversation(talk)).toEqual([answer()]);
  expect(answer()).toMatchObject({ state: "done", isCut: true, facts, executionId: "run" });
  expect(readConversation({ ...talk, userId: "ben" })).toEqual([]);
  expect(readConversation({ ...talk, agentId: "theo" })).toEqual([]);
});

it("has stopped an answer whose page was left, and keeps what was there of it", () => {
  keepConversation(talk, [answer(), { ...asked, id: 2, text: "Beca", executionId: "next" }]);
  expect(readConversation(talk)[1]).toMatchObject({ state: "stopped", text: "Beca", executionId: "next" });
});

it.each([{ state: "stopped" }, { state: "failed", problem: UNREACHABLE.message }] as const)(
  "asks what became of an answer that was left, and shows it as the answer it was: $state",
  (left) => {
    const turn: Turn = { ...asked, ...left, text: "Beca", executionId: "run" };
    expect([isLeftOpen(turn), isLeftOpen({ ...turn, executionId: undefined })]).toEqual([true, false]);
    const whole = events().slice(-1).reduce<Turn>(applied, turn);
    expect(whole).toMatchObject({ state: "done", text: "Because [1].", facts, problem: undefined });
    const stopped = applied(turn, { type: "stopped", facts });
    expect(stopped).toMatchObject({ state: "stopped", text: "Beca", facts, problem: undefined });
    expect([isLeftOpen(whole), isLeftOpen(stopped)]).toEqual([false, false]);
    expect(isLeftOpen({ ...turn, state: "failed", problem: "It failed." })).toBe(false);
  },
);

it("finds the run of an answer that was stopped before it was told of it", () => {
  const stopped: Turn = { ...asked, state: "stopped", questionKey: "question" };
  expect([isLeftOpen(stopped), isLeftOpen({ ...stopped, questionKey: undefined })]).toEqual([true, false]);
  const told: PlaygroundEvent[] = [
    { type: "start", executionId: "run" },
    { type: "stopped", facts },
  ];
  expect(told.reduce(applied, stopped)).toMatchObject({ state: "stopped", executionId: "run", facts });
  keepConversation(talk, [stopped]);
  expect(readConversation(talk)).toEqual([stopped]);
});

it("keeps nothing of a conversation that was begun anew", () => {
  keepConversation(talk, [answer()]);
  keepConversation(talk, []);
  expect(kept.size).toBe(0);
});

it.each(["no JSON", '{"a":1}', '[{"id":1}]', JSON.stringify([{ ...answer(), facts: { costMicros: "x" } }])])(
  "begins anew where what is kept cannot be read: %s",
  (text) => {
    keepConversation(talk, [answer()]);
    for (const key of kept.keys()) kept.set(key, text);
    expect(readConversation(talk)).toEqual([]);
  },
);

it("goes on where the browser keeps nothing", () => {
  vi.stubGlobal("sessionStorage", undefined);
  keepConversation(talk, [answer()]);
  expect(readConversation(talk)).toEqual([]);
});

it("goes on after the longest answers and the longest conversations, with whole turns", () => {
  const long = { ...answer(), question: "Tell all.", text: "word ".repeat(MAX_MESSAGE_CHARS) };
  const history = historyOf([...Array(25).fill(answer()), long]);
  const messages = [...history, { role: "user", content: "And then?" }];
  expect(playgroundInput.parse({ messages }).messages.map(({ role }) => role)).toEqual([
    ...history.flatMap((_, index) => (index % 2 === 0 ? ["user"] : ["assistant"])),
    "user",
  ]);
  expect(history.slice(-2)).toEqual([
    { role: "user", content: "Tell all." },
    { role: "assistant", content: long.text },
  ]);
});
