import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGraph } from "@/lib/workflows/graph";
import { checkStructure } from "@/lib/workflows/structure";
import { templateGraph } from "@/lib/workflows/templates";
import { whyNotConnect } from "./edits";
import { autoLayout } from "./layout";
import { initialState, isDirty, reduce } from "./state";
import type { EditorAction, EditorState } from "./state-types";
import { shownText, unreadIssues } from "./typed-fields";
import { insertAt, variablesFor } from "./variables";

const start = initialState(templateGraph("triage", "mini"), 1);

function play(actions: readonly EditorAction[], from: EditorState = start): EditorState {
  return actions.reduce(reduce, from);
}

const nodeIds = start.graph.nodes.map((node) => node.id);
const anyId = fc.constantFrom(...nodeIds, "llm_1", "merge_1", "gone");
const anyAction: fc.Arbitrary<EditorAction> = fc.oneof(
  fc.record({
    type: fc.constant("add" as const),
    kind: fc.constantFrom("llm", "merge", "input", "output", "nope"),
    at: fc.record({ x: fc.nat(900), y: fc.nat(900) }),
  }),
  fc.record({
    type: fc.constant("connect" as const),
    source: anyId,
    sourcePort: fc.constantFrom("out", "true", "false"),
    target: anyId,
  }),
  fc.record({ type: fc.constant("select" as const), nodes: fc.uniqueArray(anyId, { maxLength: 3 }) }),
  fc.constantFrom<EditorAction>(
    { type: "remove" },
    { type: "undo" },
    { type: "redo" },
    { type: "duplicate" },
    { type: "select_all" },
  ),
  anyId.map((nodeId): EditorAction => ({ type: "rename", nodeId, name: "Renamed" })),
);

describe("reduce", () => {
  it("keeps a graph that can be stored and has no circle, whatever is done to it", () => {
    fc.assert(
      fc.property(fc.array(anyAction, { maxLength: 25 }), (actions) => {
        const { graph } = play(actions);
        expect(parseGraph(graph).ok).toBe(true);
        const circles = checkStructure(graph).filter((issue) =>
          ["cycle", "self_edge", "unknown_port"].includes(issue.code),
        );
        expect(circles).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("undoes to the very start and redoes to the very end", () => {
    fc.assert(
      fc.property(
        fc.array(
          anyAction.filter(({ type }) => type !== "undo" && type !== "redo"),
          { maxLength: 25 },
        ),
        (actions) => {
          const end = play(actions);
          const steps = end.past.length;
          const back = play(
            Array.from({ length: steps }, () => ({ type: "undo" as const })),
            end,
          );
          expect(back.graph).toBe(start.graph);
          expect(isDirty(back)).toBe(false);
          const forth = play(
            Array.from({ length: steps }, () => ({ type: "redo" as const })),
            back,
          );
          expect(forth.graph).toBe(end.graph);
        },
      ),
    );
  });

  it("takes typing in one field as one step, and another field or a pause as the next", () => {
    const type = (field: string, text: string): EditorAction => ({
      type: "configure",
      nodeId: "sort",
      field,
      config: { prompt: text },
    });
    expect(play([type("prompt", "a"), type("prompt", "ab"), type("prompt", "abc")]).past).toHaveLength(1);
    expect(play([type("prompt", "a"), type("system", "b")]).past).toHaveLength(2);
    expect(play([type("prompt", "a"), { type: "end_edit" }, type("prompt", "ab")]).past).toHaveLength(2);
  });

  it("copies nodes with their edges and lets their texts follow the copies", () => {
    const copied = play([
      { type: "select", nodes: ["input", "sort", "urgent", "file"] },
      { type: "duplicate" },
    ]);
    expect([...copied.selection.nodes]).toEqual(["sort_1", "urgent_1", "file_1"]);
    const file = copied.graph.nodes.find((node) => node.id === "file_1");
    expect(JSON.stringify(file?.config)).toContain("{{ sort_1.summary }}");
    expect(copied.graph.edges.map((edge) => edge.id)).toEqual(
      expect.arrayContaining(["sort_1-out-urgent_1", "urgent_1-false-file_1"]),
    );
  });

  it("lets connections follow the cases of a switch", () => {
    const cases = (...keys: string[]) => ({
      cases: keys.map((key) => ({ key, label: key, expression: "true" })),
    });
    const set = (...keys: string[]): EditorAction => ({
      type: "configure",
      nodeId: "switch_1",
      field: "cases",
      config: cases(...keys),
    });
    const edges = ({ graph }: EditorState) =>
      graph.edges.filter(({ source }) => source === "switch_1").map(({ id }) => id);
    const connected = play([
      { type: "add", kind: "switch", at: { x: 0, y: 900 }, config: cases("a", "b") },
      { type: "connect", source: "switch_1", sourcePort: "a", target: "join" },
      { type: "connect", source: "switch_1", sourcePort: "b", target: "output" },
    ]);
    expect(edges(connected)).toEqual(["switch_1-a-join", "switch_1-b-output"]);
    const renamed = reduce(connected, set("a", "refund"));
    expect(edges(renamed)).toEqual(["switch_1-a-join", "switch_1-refund-output"]);
    expect(renamed.notice).toBeNull();
    expect(edges(reduce(renamed, set("refund", "a")))).toEqual(edges(renamed));
    expect(edges(reduce(renamed, set("a", "refund", "more")))).toEqual(edges(renamed));
    const deleted = reduce(renamed, set("refund"));
    expect(edges(deleted)).toEqual(["switch_1-refund-output"]);
    expect(deleted.notice?.text).toBe("A connection of “Switch” went with it.");
    expect(edges(reduce(deleted, { type: "undo" }))).toEqual(edges(renamed));
  });

  it("gives a node a way for errors, and takes its connections away with it in one step", () => {
    const withWay = play([
      { type: "set_policy", nodeId: "sort", field: "onError", patch: { onError: "branch" } },
      { type: "connect", source: "sort", sourcePort: "error", target: "output" },
    ]);
    expect(withWay.graph.edges.map((edge) => edge.id)).toContain("sort-error-output");
    const without = reduce(withWay, {
      type: "set_policy",
      nodeId: "sort",
      field: "onError",
      patch: { onError: undefined },
    });
    expect(without.graph.edges.map((edge) => edge.id)).not.toContain("sort-error-output");
    expect(without.graph.nodes.find((node) => node.id === "sort")).not.toHaveProperty("policy");
    expect(without.notice?.text).toBe("A connection of “Sort” went with it.");
    expect(reduce(without, { type: "undo" }).graph).toBe(withWay.graph);
  });

  it("pins an output for tests and takes it away, each in one step", () => {
    const pin = (value: Record<string, string> | null): EditorAction => ({
      type: "set_pin",
      nodeId: "sort",
      pin: value,
    });
    const pinned = play([pin({ text: "a" }), pin({ text: "ab" })]);
    expect(pinned.past).toHaveLength(1);
    expect(pinned.graph.nodes.find((node) => node.id === "sort")?.pin).toEqual({ text: "ab" });
    const unpinned = reduce(pinned, pin(null));
    expect(unpinned.graph.nodes.find((node) => node.id === "sort")).not.toHaveProperty("pin");
    expect(reduce(unpinned, { type: "undo" }).graph).toBe(pinned.graph);
  });

  it("keeps JSON that cannot be read yet as it was typed, and says which node's it is until it can", () => {
    const type = (text: string): EditorAction => ({ type: "type_json", nodeId: "sort", field: "pin", text });
    const sortOf = ({ graph }: EditorState) => graph.nodes.find((node) => node.id === "sort");
    const shown = (state: EditorState) => {
      const node = sortOf(state);
      return node && shownText(state, node, "pin");
    };
    const half = play([
      { type: "set_pin", nodeId: "sort", pin: { v: 1 } },
      type('{ "v": 99'),
      { type: "select", nodes: ["output"] },
    ]);
    expect([sortOf(half)?.pin, shown(half)]).toEqual([{ v: 1 }, '{ "v": 99']);
    expect(unreadIssues(half)).toMatchObject([{ nodeId: "sort", code: "unread_json" }]);
    const whole = reduce(half, type('{ "v": 99 }'));
    expect([sortOf(whole)?.pin, shown(whole), unreadIssues(whole)]).toEqual([{ v: 99 }, '{ "v": 99 }', []]);
    expect(unreadIssues(reduce(half, { type: "set_pin", nodeId: "sort", pin: null }))).toEqual([]);
    const gone = play([{ type: "select", nodes: ["sort"] }, { type: "remove" }], half);
    expect(unreadIssues(gone)).toEqual([]);
  });

  it("stays dirty when something changed while a save was under way", () => {
    const sent = play([
      { type: "rename", nodeId: "sort", name: "A" },
      { type: "saving", graph: start.graph },
    ]);
    const changed = reduce(sent, { type: "rename", nodeId: "sort", name: "AB" });
    const saved = reduce(changed, { type: "saved", graph: sent.graph, revision: 2 });
    expect([isDirty(saved), saved.revision]).toEqual([true, 2]);
  });
});

describe("connecting", () => {
  it("says why not", () => {
    const { graph } = start;
    expect(whyNotConnect(graph, "output", "out", "sort")).toBe("“Output” has no such output.");
    expect(whyNotConnect(graph, "sort", "out", "input")).toBe("Nothing can lead into “Input”.");
    expect(whyNotConnect(graph, "input", "out", "sort")).toBe("They are connected already.");
    expect(whyNotConnect(graph, "join", "out", "sort")).toBe(
      "“Sort” leads back to “Join”: that would be a circle.",
    );
    expect(whyNotConnect(graph, "input", "out", "file")).toBeNull();
  });
});

it("keeps in mind which node was just added until another is looked at", () => {
  const added = play([{ type: "add", kind: "llm", at: { x: 0, y: 0 } }]);
  const nodeId = [...added.selection.nodes][0] ?? "";
  expect(added.fresh).toBe(nodeId);
  // The canvas says again what is chosen, and typing goes on.
  const same = play([{ type: "pick", nodes: new Map([[nodeId, true]]) }], added);
  expect(play([{ type: "rename", nodeId, name: "Sum up" }], same).fresh).toBe(nodeId);
  expect(play([{ type: "pick", nodes: new Map([[nodeId, false]]) }], same).fresh).toBeNull();
  expect(play([{ type: "select", nodes: [nodeId] }], same).fresh).toBeNull();
});

it("lays nodes out along their edges without overlaps", () => {
  const { positions: places } = autoLayout(start.graph);
  for (const edge of start.graph.edges) {
    expect(places.get(edge.source)?.x).toBeLessThan(places.get(edge.target)?.x ?? 0);
  }
  expect(new Set([...places.values()].map(({ x, y }) => `${x},${y}`)).size).toBe(start.graph.nodes.length);
});

it("offers what comes before a node and nothing else", () => {
  const paths = variablesFor(start.graph, "file").flatMap((group) =>
    group.variables.map((variable) => variable.path),
  );
  expect(paths).toEqual(["input.message", "sort.text", "sort.urgent", "sort.summary", "urgent.result"]);
  expect(insertAt("ab", 1, 1, "{{ x }}")).toEqual({ text: "a{{ x }}b", caret: 8 });
});
