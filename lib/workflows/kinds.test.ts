import { describe, expect, it } from "vitest";
import { checkGraph } from "./check";
import type { GraphNode } from "./graph";
import { testEdge, testGraph, testNode } from "./graph-testing";
import { NODE_KINDS, parseConfig, portLabel, portsOfNode, SUSPENDING_KINDS } from "./nodes";

type Config = GraphNode["config"];

const ID = "0192f0c1-2345-7abc-8def-0123456789ab";

/** A config of each newer kind that is complete. */
const SOUND: Readonly<Record<string, Config>> = {
  switch: {
    cases: [
      { key: "refund", label: "Refund", expression: 'input.text.contains("refund")' },
      { key: "long", label: "Long", expression: "input.text.size() > 100" },
    ],
  },
  classify: {
    modelKey: "m",
    text: "{{ input.text }}",
    instructions: "",
    categories: [
      { key: "a", label: "A", description: "" },
      { key: "b", label: "B", description: "" },
    ],
  },
  map: {
    items: "input.text.split(',')",
    maxParallel: 3,
    maxItems: 10,
    onItemError: "fail",
    mode: "template",
    value: "{{ item }}",
  },
  loop: {
    maxRounds: 3,
    until: "round >= 1",
    initialMode: "template",
    initial: "",
    mode: "template",
    value: "{{ last }}!",
  },
  wait: { mode: "for", amount: 2, unit: "hours", until: "" },
  approval: { title: "Send it?", message: "", fields: [], who: "anyone", userIds: [] },
  workflow: { workflowId: ID, versionId: "", inputs: [{ key: "text", mode: "template", value: "x" }] },
  note: { text: "", color: "pink" },
};

/** Problems of a config, as `code field`. */
function problems(kind: string, config: Config) {
  const node = testNode("it", kind, config);
  const graph = testGraph([testNode("input", "input"), node], [testEdge("input", "it")]);
  return checkGraph(graph).filter((issue) => issue.level === "config");
}

describe("the config of a kind", () => {
  it.each(Object.keys(SOUND))(
    "%s: a complete one is accepted, and its defaults are a draft of it",
    (kind) => {
      expect(problems(kind, SOUND[kind] ?? {})).toEqual([]);
      const defaults = NODE_KINDS.find((known) => known.kind === kind)?.defaults ?? {};
      const fields = problems(kind, defaults as Config).map((issue) => issue.field);
      expect(fields.every((field) => field !== undefined && field !== "")).toBe(true);
    },
  );

  it.each<[kind: string, change: Config, field: string, message: string]>([
    ["switch", { cases: [] }, "cases", "Add at least one case."],
    ["switch", { cases: [{ key: "else", label: "x", expression: "true" }] }, "cases.0.key", "taken"],
    ["switch", { cases: [{ key: "a", label: "x", expression: "1 + 1" }] }, "cases.0.expression", "a number"],
    ["switch", { cases: [{ key: "a", label: "x", expression: "gone.x" }] }, "cases.0.expression", "gone"],
    [
      "switch",
      {
        cases: [
          { key: "a", label: "x", expression: "true" },
          { key: "a", label: "y", expression: "true" },
        ],
      },
      "cases.1.key",
      "used twice",
    ],
    ["classify", { modelKey: "" }, "modelKey", "Choose a model."],
    ["classify", { text: " " }, "text", "Write something here."],
    ["classify", { categories: [{ key: "a", label: "A", description: "" }] }, "categories", "at least two"],
    [
      "classify",
      {
        categories: [
          { key: "none", label: "A", description: "" },
          { key: "error", label: "B", description: "" },
        ],
      },
      "categories.0.key",
      "taken",
    ],
    ["map", { items: "" }, "items", "Write an expression."],
    ["map", { items: "input.text.split(" }, "items", "missing"],
    ["map", { maxParallel: 21 }, "maxParallel", "At most 20"],
    ["map", { maxItems: 1_001 }, "maxItems", "1,000"],
    ["map", { onItemError: "ignore" }, "onItemError", "skip"],
    ["loop", { maxRounds: 101 }, "maxRounds", "at most 100 rounds"],
    ["loop", { until: "" }, "until", "Write an expression."],
    ["loop", { until: "'no'" }, "until", "not true or false"],
    ["loop", { initialMode: "expression" }, "initial", "Write an expression."],
    ["wait", { amount: 0 }, "amount", "At least 1."],
    ["wait", { amount: 367, unit: "days" }, "amount", "366 days"],
    ["wait", { mode: "until" }, "until", "Write a date and time."],
    ["wait", { mode: "until", until: "{{ input.text" }, "until", "is not closed: add }}"],
    [
      "wait",
      { mode: "until", until: "tomorrow at nine" },
      "until",
      "no date and time like 2030-01-31T09:00:00Z",
    ],
    ["wait", { mode: "until", until: "2030-02-30T09:00:00Z" }, "until", "no date and time like"],
    ["wait", { mode: "until", until: "2027-02-29" }, "until", "no date and time like"],
    ["approval", { title: "" }, "title", "Write something here."],
    ["approval", { who: "people" }, "userIds", "Choose who may answer."],
    ["approval", { timeoutHours: 0 }, "timeoutHours", "More than 0"],
    ["approval", { timeoutHours: 2, remindHours: 2 }, "remindHours", "before the time is up"],
    [
      "approval",
      { fields: [{ key: "size", label: "Size", type: "choice", required: true }] },
      "fields.0.options",
      "List the choices.",
    ],
    ["workflow", { workflowId: "" }, "workflowId", "Choose a workflow."],
    ["workflow", { versionId: "newest" }, "versionId", "Version"],
    ["workflow", { inputs: [{ key: "A b", mode: "template", value: "" }] }, "inputs.0.key", "lower-case"],
    ["note", { color: "red" }, "color", "yellow"],
  ])("%s: %j is refused at %s", (kind, change, field, message) => {
    const found = problems(kind, { ...SOUND[kind], ...change });
    expect(found.map((issue) => issue.field)).toContain(field);
    const issue = found.find((candidate) => candidate.field === field);
    expect(issue?.nodeId).toBe("it");
    expect(issue?.message).toMatch(/^“it”: /);
    expect(issue?.message).toContain(message);
  });

  it.each(Object.keys(SOUND))(
    "%s: a field nobody knows, or one that is missing, is refused by name",
    (kind) => {
      const sound = SOUND[kind] ?? {};
      expect(problems(kind, { ...sound, extra: 1 })).toMatchObject([
        { code: "unknown_field", field: "extra" },
      ]);
      for (const field of Object.keys(sound)) {
        const { [field]: _, ...rest } = sound;
        expect(problems(kind, rest).map((issue) => issue.field)).toContain(field);
      }
    },
  );

  it("asks a loop without a number of rounds for one: no loop is unbounded", () => {
    const { maxRounds: _, ...unbounded } = SOUND.loop ?? {};
    expect(problems("loop", unbounded)).toMatchObject([
      { field: "maxRounds", message: expect.stringContaining("how many rounds") },
    ]);
    expect(problems("loop", { ...SOUND.loop, maxRounds: null })).toMatchObject([{ field: "maxRounds" }]);
  });

  it("does not check what is not asked for", () => {
    expect(problems("wait", { ...SOUND.wait, until: "{{ gone" })).toEqual([]);
    expect(problems("wait", { ...SOUND.wait, mode: "until", until: "2030-01-01" })).toEqual([]);
    expect(problems("wait", { mode: "until", unit: "hours", until: "2030-01-01" })).toEqual([]);
    expect(problems("wait", { mode: "until", until: "2028-02-29 24:00+02:00" })).toEqual([]);
    expect(problems("wait", { mode: "until", until: "{{ input.text }}T09:00" })).toEqual([]);
    expect(problems("wait", { mode: "until", amount: 0.5, unit: "hours", until: "2030-01-01" })).toEqual([]);
  });
});

describe("the ports of a node", () => {
  const ports = (kind: string, config: Config, policy?: GraphNode["policy"]) =>
    portsOfNode({ ...testNode("it", kind, config), ...(policy ? { policy } : {}) }).map((port) => port.id);

  it("follow its config, drafts included", () => {
    expect(ports("switch", SOUND.switch ?? {})).toEqual(["refund", "long", "else"]);
    expect(ports("switch", { cases: [{}, { key: "" }, { key: "a" }, { key: "a" }, 7] })).toEqual([
      "a",
      "else",
    ]);
    expect(ports("classify", SOUND.classify ?? {}, { onError: "branch" })).toEqual([
      "a",
      "b",
      "none",
      "error",
    ]);
    expect(ports("approval", SOUND.approval ?? {})).toEqual(["approved", "rejected"]);
    expect(ports("approval", { ...SOUND.approval, timeoutHours: 1 })).toEqual([
      "approved",
      "rejected",
      "timeout",
    ]);
    expect(ports("note", SOUND.note ?? {})).toEqual([]);
    expect(ports("wait", SOUND.wait ?? {}, { onError: "branch" })).toEqual(["out"]);
  });

  it("are called as in the editor, and by their keys where a config makes them up", () => {
    expect(portLabel("approval", "timeout")).toBe("No answer");
    expect(portLabel("condition", "false")).toBe("False");
    expect(portLabel("switch", "else")).toBe("Else");
    expect(portLabel("classify", "error")).toBe("On error");
    expect(portLabel("switch", "first")).toBe("first");
    expect(portLabel("switch", "error")).toBe("error");
    expect(portLabel("gone", "out")).toBe("out");
  });
});

it("the kinds that wait are known, and a config comes out typed", () => {
  for (const kind of SUSPENDING_KINDS) expect(parseConfig(kind, SOUND[kind])).toEqual(SOUND[kind]);
});
