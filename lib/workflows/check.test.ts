import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkGraph, runsAnyway } from "./check";
import { type Graph, parseGraph, topologicalOrder } from "./graph";
import { arbitraryDag, testEdge, testGraph, testNode } from "./graph-testing";

const AGENT = "0192f0c1-2345-7abc-8def-0123456789ab";

function sound(): Graph {
  return testGraph(
    [
      testNode("input", "input"),
      testNode("triage", "condition", {
        match: "all",
        rules: [{ expression: 'input.text.contains("refund")' }],
      }),
      testNode("answer", "agent", { agentId: AGENT, prompt: "Answer {{ input.text }}" }),
      testNode("join", "merge"),
      testNode("result", "output", {
        fields: [{ key: "text", mode: "template", value: "{{ answer.text }}" }],
      }),
    ],
    [
      testEdge("input", "triage"),
      testEdge("triage", "answer", "true"),
      testEdge("triage", "join", "false"),
      testEdge("answer", "join"),
      testEdge("join", "result"),
    ],
  );
}

function codes(graph: Graph): readonly string[] {
  return checkGraph(graph, { agents: new Map([[AGENT, { name: "Ana", isActive: true }]]) }).map(
    (issue) => `${issue.code}:${issue.nodeId ?? ""}`,
  );
}

function withConfig(id: string, config: Graph["nodes"][number]["config"]): Graph {
  const graph = sound();
  return { ...graph, nodes: graph.nodes.map((node) => (node.id === id ? { ...node, config } : node)) };
}

describe("parseGraph", () => {
  it("refuses 10,000 nodes without looking at one, and 1 MB of JSON, with the size in the message", () => {
    const nodes = Array.from({ length: 10_000 }, (_, index) => testNode(`n${index}`, "transform"));
    const looked: unknown[] = [];
    const watched = new Proxy(nodes, {
      get(target, key) {
        looked.push(key);
        return Reflect.get(target, key);
      },
    });
    const result = parseGraph({ ...testGraph([], []), nodes: watched });
    expect(looked).toEqual(["length"]);
    expect(result).toMatchObject({
      ok: false,
      issues: [{ code: "too_large", message: expect.stringContaining("10,000") }],
    });
    const heavy = parseGraph(testGraph([testNode("a", "transform", { text: "x".repeat(1_000_001) })], []));
    expect(heavy).toMatchObject({ ok: false, issues: [{ code: "too_large" }] });
  });

  it("refuses unknown fields, bad ids, duplicates and dangling edges, and says where", () => {
    const node = testNode("a", "input");
    const refused: [unknown, string][] = [
      [{ ...sound(), extra: 1 }, "malformed"],
      [testGraph([{ ...node, id: "A B" }], []), "malformed"],
      [testGraph([node, node], []), "duplicate_id"],
      [testGraph([node], [testEdge("a", "gone")]), "dangling_edge"],
      [null, "malformed"],
      ["[]", "malformed"],
    ];
    for (const [raw, code] of refused)
      expect(parseGraph(raw)).toMatchObject({ ok: false, issues: [{ code }] });
    expect(parseGraph(testGraph([{ ...node, name: "" }], []))).toMatchObject({
      issues: [{ nodeId: "a", field: "name", message: expect.stringContaining("“a”") }],
    });
  });

  it("never throws, whatever it is given", () => {
    fc.assert(fc.property(fc.anything(), (raw) => typeof parseGraph(raw).ok === "boolean"));
  });
});

describe("checkGraph", () => {
  it("refuses ids whose output no text could read", () => {
    for (const id of ["__proto__", "constructor", "nodes", "true"]) {
      const graph = testGraph([testNode("input", "input"), testNode(id, "merge")], [testEdge("input", id)]);
      expect(codes(graph)).toContain(`reserved_id:${id}`);
    }
  });

  it("finds nothing in a sound graph", () => {
    expect(parseGraph(sound())).toMatchObject({ ok: true });
    expect(codes(sound())).toEqual([]);
  });

  it("names the nodes of a cycle, but not those behind it", () => {
    const graph = sound();
    const cyclic = { ...graph, edges: [...graph.edges, testEdge("join", "answer")] };
    const issues = checkGraph(cyclic).filter((issue) => issue.code === "cycle");
    expect(issues.map((issue) => issue.nodeId)).toEqual(["answer", "join"]);
    expect(issues[0]?.message).toContain("“answer”, “join”");
    const self = { ...graph, edges: [...graph.edges, testEdge("join", "join")] };
    expect(codes(self)).toContain("self_edge:join");
  });

  it("names unreachable nodes, missing ends, unknown kinds and ports", () => {
    const graph = sound();
    const loose = {
      ...graph,
      nodes: [...graph.nodes, testNode("loose", "merge"), testNode("odd", "teleport")],
    };
    expect(codes(loose)).toEqual(
      expect.arrayContaining(["unreachable:loose", "unreachable:odd", "unknown_kind:odd"]),
    );
    expect(codes(testGraph([], []))).toEqual(["no_input:", "no_output:"]);
    expect(codes({ ...graph, edges: [...graph.edges, testEdge("triage", "result", "maybe")] })).toContain(
      "unknown_port:triage",
    );
    expect(codes({ ...graph, edges: [...graph.edges, testEdge("join", "input")] })).toContain(
      "edge_into_input:input",
    );
    expect(codes({ ...graph, nodes: [...graph.nodes, testNode("second", "input")] })).toContain(
      "two_inputs:second",
    );
  });

  it("refuses names that do not come before the node, and says what there is", () => {
    const at = (value: string) => codes(withConfig("answer", { agentId: AGENT, prompt: value }));
    expect(at("{{ result.text }}")).toEqual(["unknown_name:answer"]);
    expect(at("{{ answer.text }}")).toEqual(["unknown_name:answer"]);
    expect(at("{{ nodes.nowhere.text }}")).toEqual(["unknown_name:answer"]);
    expect(at("{{ input.tetx }}")).toEqual(["unknown_name:answer"]);
    expect(at("{% for line in input.text %}{{ line }}{% endfor %}{{ nodes.triage.result }}")).toEqual([]);
    const [issue] = checkGraph(withConfig("answer", { agentId: AGENT, prompt: "{{ input.tetx }}" }));
    expect(issue?.message).toBe("“answer”: Prompt: input has no “tetx” (it has: text).");
  });

  it("refuses names of what people fill in, and of what went wrong, that are not there", () => {
    const fields = [{ key: "limit", label: "Limit", type: "number", required: true }];
    const fetch = { ...testNode("fetch", "http"), policy: { onError: "branch" as const } };
    const found = (value: string) => {
      const nodes = [
        testNode("input", "input"),
        testNode("ask", "approval", { title: "?", fields }),
        fetch,
        testNode("end", "output", { fields: [{ key: "r", mode: "template", value }] }),
      ];
      const edges = [
        testEdge("input", "ask"),
        testEdge("ask", "fetch", "approved"),
        testEdge("fetch", "end", "error"),
      ];
      return checkGraph(testGraph(nodes, edges)).filter(({ nodeId }) => nodeId === "end");
    };
    expect(found("{{ ask.answer.limit }} {{ nodes.ask.answer }} {{ fetch.error.code }}")).toEqual([]);
    const [issue] = found("{{ ask.answer.limti }}");
    expect(issue?.message).toBe("“end”: Field 1, Value: ask.answer has no “limti” (it has: limit).");
    // What was published before this was a problem runs as it did.
    expect(issue && runsAnyway(issue)).toBe(true);
    expect(
      found('{{ nodes.ask.answer["limti"] }}{{ fetch.error.mesage }}').map(({ message }) => message),
    ).toEqual([
      "“end”: Field 1, Value: nodes.ask.answer has no “limti” (it has: limit).",
      "“end”: Field 1, Value: fetch.error has no “mesage” (it has: message, code).",
    ]);
  });

  it("reports texts that do not parse and configs that are not complete, with the field", () => {
    const broken = checkGraph(
      withConfig("triage", { match: "all", rules: [{ expression: "input.text ==" }] }),
    );
    expect(broken).toMatchObject([{ code: "bad_expression", nodeId: "triage", field: "rules.0.expression" }]);
    expect(codes(withConfig("triage", { match: "all", rules: [{ expression: '"yes"' }] }))).toEqual([
      "bad_expression:triage",
    ]);
    expect(codes(withConfig("answer", { agentId: AGENT, prompt: "{{ input.text" }))).toEqual([
      "bad_template:answer",
    ]);
    expect(codes(withConfig("answer", { agentId: AGENT, prompt: "{{ input.text input.text }}" }))).toEqual([
      "template_leaves_out:answer",
    ]);
    expect(codes(withConfig("answer", { agentId: AGENT, prompt: "{{ input.tetx input.text }}" }))).toEqual([
      "template_leaves_out:answer",
      "unknown_name:answer",
    ]);
    expect(checkGraph(withConfig("answer", { agentId: "", prompt: "", extra: 1 }))).toMatchObject([
      { code: "incomplete", field: "agentId", message: "“answer”: Agent: Choose an agent." },
      { code: "incomplete", field: "prompt" },
      { code: "unknown_field" },
    ]);
  });

  it("says where a character stands that no save takes", () => {
    const found = (change: Partial<Graph["nodes"][number]>) => {
      const graph = sound();
      const nodes = graph.nodes.map((node) => (node.id === "result" ? { ...node, ...change } : node));
      return checkGraph({ ...graph, nodes }).map(({ field, message }) => [field, message]);
    };
    const fields = [{ key: "text", mode: "template", value: "one\nt\0wo" }];
    expect(found({ config: { fields } })).toEqual([
      [
        "fields.0.value",
        "“result”: Field 1, Value: there is a character that cannot be stored (line 2, column 2). Write the text anew.",
      ],
    ]);
    expect(found({ pin: { text: "😀\ud83d" } })).toEqual([
      [
        undefined,
        "“result”: Pinned output: there is a character that cannot be stored (line 1, column 3). Write the text anew.",
      ],
    ]);
    expect(found({ pin: JSON.parse('{"a": {"__proto__": 1}}') })).toEqual([
      [undefined, "“result”: Pinned output: Nothing can be named “__proto__”."],
    ]);
  });

  it("reports agents that do not exist, and those that answer nobody", () => {
    expect(checkGraph(sound(), { agents: new Map() })).toMatchObject([
      { code: "missing_reference", field: "agentId" },
    ]);
    expect(checkGraph(sound(), { agents: new Map([[AGENT, { name: "Ana", isActive: false }]]) })).toEqual([
      {
        level: "config",
        code: "agent_inactive",
        nodeId: "answer",
        field: "agentId",
        message: "“answer”: Agent: Ana is inactive. Activate it, or choose another agent.",
      },
    ]);
  });

  it("lets types be compared, and says where a node is called like one", () => {
    const found = (expression: string) => {
      const cases = [{ key: "a", label: "A", expression }];
      const nodes = [
        testNode("input", "input"),
        testNode("map", "merge"),
        testNode("end", "switch", { cases }),
      ];
      const graph = testGraph(nodes, [testEdge("input", "map"), testEdge("map", "end")]);
      return checkGraph(graph).flatMap(({ nodeId, message }) => (nodeId === "end" ? [message] : []));
    };
    expect(found("type(input.text) == string && nodes.map != null")).toEqual([]);
    expect(found("map.text == 'a'")).toEqual([
      "“end”: Case 1, Holds when: in an expression “map” is not the node. Write nodes.map.",
    ]);
  });

  it("orders every acyclic graph along its edges and finds a cycle as soon as an edge is turned", () => {
    fc.assert(
      fc.property(arbitraryDag, fc.nat(), (graph, choice) => {
        const { order, cyclic } = topologicalOrder(graph);
        expect(cyclic).toEqual([]);
        for (const edge of graph.edges)
          expect(order.indexOf(edge.source)).toBeLessThan(order.indexOf(edge.target));
        const edge = graph.edges[choice % graph.edges.length];
        if (!edge) return;
        const turned = { ...graph, edges: [...graph.edges, testEdge(edge.target, edge.source, "back")] };
        const onCycle = checkGraph(turned)
          .filter((issue) => issue.code === "cycle")
          .map((issue) => issue.nodeId);
        expect(onCycle).toEqual(expect.arrayContaining([edge.source, edge.target]));
      }),
    );
  });

  it("checks a graph of the largest size", () => {
    const nodes = Array.from({ length: 498 }, (_, index) =>
      testNode(`n${index}`, "transform", {
        fields: [{ key: "text", mode: "template", value: "{{ input.text }}" }],
      }),
    );
    const chain = [
      testNode("input", "input"),
      ...nodes,
      testNode("end", "output", { fields: [{ key: "r", mode: "expression", value: "n3.text" }] }),
    ];
    const edges = chain.slice(1).map((node, index) => testEdge(chain[index]?.id ?? "", node.id));
    expect(checkGraph(testGraph(chain, edges))).toEqual([]);
  });
});
