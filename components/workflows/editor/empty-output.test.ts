import { expect, it } from "vitest";
import { testNode } from "@/lib/workflows/graph-testing";
import { NOT_CALLABLE } from "@/lib/workflows/references";
import { emptyOutput } from "./empty-output";

it("begins an output with what each field is, so that a node that goes through a list finds one", () => {
  const begun = (kind: string, config = {}) => emptyOutput(testNode("node", kind, config), () => null);
  expect(begun("agent")).toEqual({ text: "", citations: [] });
  expect(begun("map")).toEqual({ items: [], errors: [], count: 0 });
  expect(begun("http")).toEqual({ status: 0, body: null, headers: {} });
  const field = (key: string, type: string) => ({ key, label: key, type, required: false });
  const fields = [
    field("limit", "number"),
    field("urgent", "boolean"),
    field("why", "long_text"),
    field("", "text"),
  ];
  expect(begun("approval", { fields })).toEqual({
    decision: "",
    answer: { limit: 0, urgent: false, why: "" },
    comment: "",
    answeredBy: "",
  });
});

it("begins the output of a called workflow with what that gives, where it is known", () => {
  const node = testNode("call", "workflow", { workflowId: "w", versionId: "", inputs: [] });
  const other = { id: "w", name: "Other", isActive: true, inputs: [], outputs: ["letter", "tone"] };
  expect(emptyOutput(node, () => other)).toEqual({ letter: null, tone: null });
  expect([emptyOutput(node, () => null), emptyOutput(node, () => NOT_CALLABLE)]).toEqual([{}, {}]);
});
