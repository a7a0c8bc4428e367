import { describe, expect, it } from "vitest";
import { agentChanges } from "./diff";
import { createAgentInput } from "./input";

const names = {
  models: { mini: "Mini", large: "Large" },
  documents: {
    "018f0000-0000-7000-8000-000000000001": "prices.pdf",
    "018f0000-0000-7000-8000-000000000002": "terms.pdf",
  },
};

const content = (more: Record<string, unknown> = {}, config: Record<string, unknown> = {}) =>
  createAgentInput.parse({
    name: "Ana",
    role: "You help.",
    llmConfig: { modelKey: "mini", ...config },
    ...more,
  });

describe("what changed of an agent", () => {
  it("is nothing where nothing did, or only the order in which things were ticked", () => {
    const one = content({}, { tools: ["calculator", "current_date"] });
    const other = content({}, { tools: ["current_date", "calculator"] });
    expect(agentChanges(one, other, names)).toEqual([]);
  });

  it("is told by the labels of its form, in its order", () => {
    const before = content({}, { parameters: { temperature: 0.2 } });
    const after = content(
      { name: "Ada" },
      {
        modelKey: "large",
        parameters: { maxOutputTokens: 500 },
        tools: ["http_get"],
        allowedHosts: ["api.example.com"],
        knowledge: { mode: "all", documentIds: [], topK: 3 },
      },
    );
    expect(
      agentChanges(before, after, names).map(({ label, before: was, after: is }) => [label, was, is]),
    ).toEqual([
      ["Name", "Ana", "Ada"],
      ["Model", "Mini", "Large"],
      ["Temperature", "0.2", null],
      ["Longest answer", null, "500"],
      ["Documents", "None", "All documents"],
      ["Passages for each question", null, "3"],
      ["Tools", null, "Read web pages"],
      ["Hosts it may read", null, "api.example.com"],
    ]);
  });

  it("names documents, and says of one that was deleted that it was", () => {
    const [prices, terms] = Object.keys(names.documents);
    const gone = "018f0000-0000-7000-8000-000000000003";
    const reading = (documentIds: unknown[]) => content({}, { knowledge: { mode: "selected", documentIds } });
    const [change] = agentChanges(reading([prices, terms]), reading([prices, gone]), names);
    expect(change).toMatchObject({
      label: "Documents",
      before: "prices.pdf\nterms.pdf",
      after: "A document that was deleted\nprices.pdf",
    });
  });

  it("shows a long role line by line", () => {
    const role = (second: string) => content({ role: `You help.\n${second}\nBe brief.` });
    const [change] = agentChanges(role("Say hello."), role("Say goodbye."), names);
    expect(change?.lines).toContainEqual({ kind: "added", text: "Say goodbye." });
  });
});
