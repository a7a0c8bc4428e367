import { expect, it } from "vitest";
import { testNode } from "@/lib/workflows/graph-testing";
import { withField } from "./configuring";

it("gives up the version of a workflow with the workflow, and nothing else with any other field", () => {
  const node = testNode("call", "workflow", { workflowId: "a", versionId: "a-2", inputs: [] });
  expect(withField(node, "workflowId", "b")).toEqual({ workflowId: "b", versionId: "", inputs: [] });
  expect(withField(node, "versionId", "a-3")).toEqual({ workflowId: "a", versionId: "a-3", inputs: [] });
  const wait = testNode("wait", "wait", { mode: "for", amount: 3, unit: "hours", until: "" });
  expect(withField(wait, "amount", undefined)).toEqual({ mode: "for", unit: "hours", until: "" });
});
