import { describe, expect, it } from "vitest";
import { checkGraph } from "./check";
import { type GraphNode, parseGraph } from "./graph";
import { testEdge, testGraph, testNode } from "./graph-testing";
import { findKind, NODE_KINDS } from "./nodes";

/** What the checks say about a node between an input and an output. */
function problemsOf(node: GraphNode): readonly string[] {
  const graph = testGraph(
    [testNode("input", "input"), node, testNode("output", "output")],
    [testEdge("input", "node"), testEdge("node", "output")],
  );
  return checkGraph(graph).map(({ message }) => message);
}

function withSetting(kind: string, name: string, value: unknown): readonly string[] {
  const config = { ...findKind(kind)?.defaults, [name]: value } as GraphNode["config"];
  return problemsOf(testNode("node", kind, config));
}

describe("the settings of a node", () => {
  const settings = NODE_KINDS.flatMap(({ kind, form }) => form.map(({ name }) => [kind, name] as const));

  it.each(settings)("of %s: %s is never refused in the words of the parser", (kind, name) => {
    const said = [undefined, null, 0.5, -1, 1e12, "x", true, [], {}, "x".repeat(300_000)].flatMap((value) =>
      withSetting(kind, name, value),
    );
    expect(said.filter((text) => /Invalid|expected|received|Unrecognized/.test(text))).toEqual([]);
  });

  it("say what is wanted", () => {
    expect(withSetting("wait", "amount", 0.5)).toContain("“node”: How long: Give a whole number.");
    expect(withSetting("wait", "amount", undefined)).toContain("“node”: How long: Fill this in.");
    expect(withSetting("wait", "hours", 1)).toContain("“node”: There is no field “hours” here.");
    // Kept in milliseconds, asked for in seconds.
    expect(withSetting("http", "timeoutMs", 50)).toContain("“node”: Timeout, in seconds: At least 0.1.");
    expect(withSetting("http", "timeoutMs", 200_000)).toContain("“node”: Timeout, in seconds: At most 120.");
    expect(withSetting("http", "timeoutMs", 1_234).join()).not.toContain("Timeout");
    const quick = { ...testNode("node", "http"), policy: { timeoutMs: 5 } };
    expect(parseGraph(testGraph([testNode("input", "input"), quick], []))).toMatchObject({
      issues: [{ message: "“node” (policy.timeoutMs): At least 100." }],
    });
  });
});
