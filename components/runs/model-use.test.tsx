import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { StepCall } from "@/lib/runs/step-queries";
import { ModelUse } from "./model-use";
import { ModelCallList } from "./step-lists";

it("calls tools what they are called where an agent is given them; one that is gone by its own name", () => {
  const call = (name: string) => ({ name, input: { url: "x" }, output: "y" });
  const detail = {
    calls: [],
    systemPrompt: "You look things up.",
    messages: [],
    retrieved: [],
    toolCalls: [call("http_get"), call("an_old_one")],
    cheaperModel: null,
    modelNames: {},
  };
  const html = renderToStaticMarkup(<ModelUse detail={detail} />);
  expect(html).toContain(">Read web pages<");
  expect(html).toContain(">an_old_one<");
  expect(html).not.toContain("http_get");
});

it("says that a spending cap had a cheaper model answer, and nothing where none did", () => {
  const detail = {
    calls: [],
    systemPrompt: "x",
    messages: [],
    retrieved: [],
    toolCalls: [],
    modelNames: { small: "Small" },
  };
  const shown = (cheaperModel: { used: string; insteadOf: string } | null) =>
    renderToStaticMarkup(<ModelUse detail={{ ...detail, cheaperModel }} />);
  expect(shown({ used: "small", insteadOf: "large" })).toContain(
    "A spending cap had it answer with Small instead of large.",
  );
  expect(shown(null)).not.toContain("A spending cap");
});

it("says what each call was for in words", () => {
  const call = (purpose: string): StepCall => ({
    id: purpose,
    modelKey: "small",
    provider: "internal",
    purpose,
    status: "settled",
    inputTokens: 6,
    outputTokens: 2,
    latencyMs: 4,
    errorMessage: null,
  });
  const calls = ["embedding", "llm", "classify", "playground"].map(call);
  const html = renderToStaticMarkup(<ModelCallList calls={calls} names={{}} />);
  const words = [...html.matchAll(/>([^<>]+): 6 tokens in/g)].map(([, word]) => word);
  expect(words).toEqual(["Search in documents", "Answer", "Choice of a category", "Answer"]);
});
