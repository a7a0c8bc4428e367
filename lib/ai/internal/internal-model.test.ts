import { tool } from "ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/errors";
import { embed } from "../embed";
import { generate } from "../generate";
import type { ModelRef } from "../model-ref";
import { stream } from "../stream";
import { countTokens } from "../tokens";
import { expressionIn } from "./tool-choice";

const model: ModelRef = { provider: "internal", modelKey: "hirebuddha-mini" };

const PASSAGES = `Answer from these passages and cite them.
<passages>
[1] refunds.md
Refund policy
Customers may return any product within 30 days of delivery. Refunds are paid to the original card within five business days.
Opened software cannot be returned.

[2] shipping.md
Shipping
Orders leave our warehouse in Lyon on the next working day. Standard delivery takes three to five days inside Europe.
Express delivery costs 14 euros and takes one day.

[3] company.md
The company was founded in 2011 by Marie Laurent. It employs 240 people because it grew with its online shop.
</passages>`;

const ask = (prompt: string, system = PASSAGES) => generate({ model, system, prompt });

describe("answers from passages", () => {
  it.each([
    ["How many days do I have to return a product?", "30 days", "[1]"],
    ["When do I get my refund?", "five business days", "[1]"],
    ["Can opened software be returned?", "cannot be returned", "[1]"],
    ["What does express delivery cost?", "14 euros", "[2]"],
    ["Where do orders ship from?", "Lyon", "[2]"],
    ["Who founded the company?", "Marie Laurent", "[3]"],
    ["How many people work at the company?", "240", "[3]"],
  ])("%s", async (question, fact, marker) => {
    const { text } = await ask(question);
    expect(text).toContain(fact);
    expect(text).toContain(marker);
    expect(text.length).toBeLessThan(300);
  });

  it("says so when they do not answer", async () => {
    const { text } = await ask("What is the capital of Mongolia?");
    expect(text).toMatch(/do not answer/);
    expect(text).not.toMatch(/\[\d\]/);
  });

  it("reads passages in the message, and the conversation when there are none", async () => {
    const inMessage = await ask(`Context:\n${PASSAGES}\n\nQuestion: Who founded the company?`, "You help.");
    expect(inMessage.text).toContain("Marie Laurent");
    const remembered = await generate({
      model,
      messages: [
        { role: "user", content: "My order number is 4711 and my name is Ana." },
        { role: "assistant", content: "Thank you." },
        { role: "user", content: "What is my order number?" },
      ],
    });
    expect(remembered.text).toContain("4711");
  });

  it("is honest when it has nothing at all", async () => {
    expect((await ask("Write a poem about the sea", "")).text).toContain("built-in model");
  });
});

const TICKET = "I was charged twice on my invoice this month. Please give the money back to my card.";

describe("tasks", () => {
  it("summarises by choosing sentences", async () => {
    const article =
      "The museum opens a new wing in June. The new wing shows 400 works of modern art. Tickets for the museum cost 12 euros. " +
      "The café sells coffee. The architect of the new wing is Jun Sato. The car park has trees. Opening of the wing of the museum was delayed twice.";
    const { text } = await ask(`Summarise this:\n\n${article}`, "");
    expect(article.length / text.length).toBeGreaterThan(1.5);
    for (const sentence of text.split(/(?<=\.) /)) expect(article).toContain(sentence);
    expect(text).toContain("new wing");
  });

  it.each([
    [`Classify the ticket as one of: billing, technical, sales, other.\n\nTicket: ${TICKET}`, "", "billing"],
    [
      "The app crashes with an error when I log in.",
      "You triage tickets. Answer with exactly one of: billing, technical, other.",
      "technical",
    ],
    [
      "I love it, thanks for the great help!",
      "Classify the sentiment as positive, negative or neutral.",
      "positive",
    ],
    [
      "What colour is the sky over the river",
      "Choose one label:\n- billing: invoices\n- legal: contracts\n- other: all else",
      "other",
    ],
  ])("classifies %#", async (prompt, system, label) => {
    expect((await ask(prompt, system)).text).toBe(label);
  });

  it("fills a schema, whatever its shape", async () => {
    const schema = z.object({
      category: z.enum(["technical", "billing", "other"]),
      urgent: z.boolean(),
      confidence: z.number().min(0).max(1),
      summary: z.string().max(200),
      email: z.string(),
      tags: z.array(z.string()).min(1).max(3),
      customer: z.object({ name: z.string(), orders: z.number().int() }).nullable(),
      extra: z.union([z.string(), z.null()]).optional(),
    });
    const prompt = `Extract the fields.\n\nTicket: ${TICKET} I am Ana Lopez, ana@example.com, with 3 orders.`;
    const { object } = await generate({ model, prompt, schema });
    expect(object).toMatchObject({
      category: "billing",
      email: "ana@example.com",
      customer: { name: "Ana Lopez", orders: 3 },
    });
    expect(schema.safeParse(object).success).toBe(true);
  });
});

const calculator = tool({
  description: "Calculates.",
  inputSchema: z.object({ expression: z.string() }),
  execute: async ({ expression }) => ({ expression, result: expression === "12 * 7" ? 84 : 0 }),
});
const search = tool({
  description: "Searches the documents.",
  inputSchema: z.object({ query: z.string() }),
  execute: async () => ({
    passages: [{ marker: 1, title: "hours.md", text: "The shop opens at nine on weekdays." }],
  }),
});
const broken = tool({
  description: "Fetches a page.",
  inputSchema: z.object({ url: z.string() }),
  execute: async (): Promise<string> => {
    throw new AppError("invalid", "example.com is not on the list of allowed hosts.");
  },
});

describe("tools", () => {
  it("calls the tool the message asks for and answers with its result", async () => {
    const tools = { knowledge_search: search, calculator };
    const sum = await generate({ model, prompt: "What is 12 * 7?", tools });
    expect(sum.toolCalls).toMatchObject([
      { name: "calculator", input: { expression: "12 * 7" }, output: { result: 84 } },
    ]);
    expect(sum.text).toBe("12 * 7 = 84");
    expect(sum.steps.map((step) => step.finishReason)).toEqual(["tool-calls", "stop"]);
    const found = await generate({ model, prompt: "When does the shop open?", tools });
    expect(found.toolCalls.map((call) => call.name)).toEqual(["knowledge_search"]);
    expect(found.text).toBe("The shop opens at nine on weekdays. [1]");
    expect(found.usage.inputTokens).toBe(found.steps.reduce((sum, step) => sum + step.usage.inputTokens, 0));
  });

  it("does not call a tool nobody asked for, and reports one that failed", async () => {
    const polite = await generate({
      model,
      prompt: "Hello!",
      tools: { knowledge_search: search, calculator },
    });
    expect(polite.toolCalls).toEqual([]);
    const failed = await generate({
      model,
      prompt: "Read https://example.com/x",
      tools: { http_get: broken },
    });
    expect(failed.toolCalls[0]?.error).toContain("allowed hosts");
    expect(failed.text).toContain("allowed hosts");
  });

  it("stops after maxSteps", async () => {
    const once = await generate({ model, prompt: "What is 12 * 7?", tools: { calculator }, maxSteps: 1 });
    expect([once.steps.length, once.finishReason]).toEqual([1, "tool-calls"]);
  });

  it.each([
    ["what is (2 + 3) * 4?", "(2 + 3) * 4"],
    ["15% of 80", "15 / 100 * 80"],
    ["1,200 divided by 8", "1200 / 8"],
    ["the meeting is on 2024-05-01", null],
    ["call 555-1234", null],
  ])("reads sums: %s", (text, expression) => expect(expressionIn(text)).toBe(expression));
});

describe("hostile prompts", () => {
  const long = 300_000;
  it.each([
    ["digits", "1".repeat(long)],
    ["letters", "a".repeat(long)],
    ["lines", "\n \n".repeat(long / 3)],
    ["labels", `one of: ${"a, ".repeat(long / 3)}`],
    ["quotes", `say "${'"'.repeat(long)}`],
    ["brackets", "[1]\n".repeat(long / 4)],
    ["words", Array.from({ length: long / 6 }, (_, at) => `w${at}`).join(" ")],
    ["sentences", "The cat sat on the mat. ".repeat(long / 24)],
  ])("%s are answered, in words and as JSON", async (_, prompt) => {
    const schema = z.object({ email: z.string(), total: z.number(), label: z.enum(["a", "b"]) });
    const said = await generate({ model, system: PASSAGES, prompt, tools: { calculator } });
    const filled = await generate({ model, prompt, schema });
    expect([said.finishReason, filled.finishReason]).toEqual(["stop", "stop"]);
    expect(schema.safeParse(filled.object).success).toBe(true);
  });
});

describe("streaming and counting", () => {
  it("streams word by word what generate gives at once, with the same usage", async () => {
    const options = { model, system: PASSAGES, prompt: "What does express delivery cost?" };
    const whole = await generate(options);
    const answer = stream(options);
    const deltas: string[] = [];
    for await (const delta of answer.textStream) deltas.push(delta);
    expect(deltas.join("")).toBe(whole.text);
    expect(deltas.length).toBeGreaterThan(5);
    expect((await answer.result).usage).toEqual(whole.usage);
  });

  it("stops at the next word after an abort and says what was spent", async () => {
    const controller = new AbortController();
    const answer = stream({
      model,
      system: PASSAGES,
      prompt: "When do I get my refund?",
      abortSignal: controller.signal,
    });
    const seen: string[] = [];
    const read = async () => {
      for await (const delta of answer.textStream) {
        seen.push(delta);
        if (seen.length === 3) controller.abort();
      }
    };
    await expect(read()).rejects.toMatchObject({ code: "precondition", reason: "cancelled" });
    const error = await answer.result.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ partial: { usageTrusted: false } });
    expect(seen.length).toBeLessThan(7);
  });

  it("counts real tokens and keeps to maxOutputTokens", async () => {
    const result = await generate({
      model,
      system: PASSAGES,
      prompt: "When do I get my refund?",
      maxOutputTokens: 5,
    });
    expect(result.usage.outputTokens).toBe(countTokens(result.text));
    expect([result.usage.outputTokens, result.finishReason]).toEqual([5, "length"]);
    expect(result.usage.inputTokens).toBeGreaterThan(100);
    expect(countTokens("a".repeat(200_000))).toBe(25_000);
    expect(countTokens("<|endoftext|>")).toBeGreaterThan(1);
  });
});

describe("lexical embedding", () => {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

  it("ranks the passage that answers first", async () => {
    const passages = [
      "Customers may return any product within 30 days of delivery and get a refund.",
      "Orders leave our warehouse in Lyon on the next working day by courier.",
      "The company was founded in 2011 by Marie Laurent and employs 240 people.",
      "Employees request vacation in the HR portal at least two weeks before leave.",
      "Passwords must have twelve characters and are changed after a security incident.",
    ];
    const questions = [
      "refund for returned products",
      "which warehouse ships my order",
      "who is the founder of the company",
      "how do I request a vacation",
      "rules for a secure password",
    ];
    const { vectors, usage, usageTrusted } = await embed({ model, values: [...passages, ...questions] });
    expect([usageTrusted, usage.outputTokens]).toEqual([true, 0]);
    questions.forEach((question, index) => {
      const scores = passages.map((_, at) => dot(vectors[at] ?? [], vectors[passages.length + index] ?? []));
      expect(`${question} → ${scores.indexOf(Math.max(...scores))}`).toBe(`${question} → ${index}`);
    });
  });

  it("is deterministic, of length 1 and 768 dimensions, and never zero", async () => {
    const values = ["", "the of and", "x", "refund ".repeat(500), "日本語のテキスト", "same", "same"];
    const { vectors } = await embed({ model, values });
    for (const vector of vectors) {
      expect(vector).toHaveLength(768);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    }
    expect(vectors[5]).toEqual(vectors[6]);
    expect(await embed({ model, values: [] })).toMatchObject({ vectors: [] });
  });
});
