import { expect, it } from "vitest";
import { rowsOf } from "@/lib/workflows/kind";
import { templateGraph } from "@/lib/workflows/templates";
import { initialState, reduce } from "./state";
import type { EditorAction, EditorState } from "./state-types";

const start = initialState(templateGraph("triage", "mini"), 1);

it("lets texts follow a key that got another name, in one step, and says so", () => {
  const row = (key: string) => ({ key, label: key, type: "text", required: true });
  const rename = (...keys: string[]): EditorAction => ({
    type: "configure",
    nodeId: "input",
    field: "fields",
    config: { fields: keys.map(row) },
  });
  const text = (key: string, value: string, mode = "template") => ({ key, mode, value });
  const inputId = start.graph.nodes.find(({ kind }) => kind === "input")?.id ?? "";
  expect(inputId).toBe("input");
  const edits: EditorAction[] = [
    rename("name", "total"),
    {
      type: "add",
      kind: "transform",
      at: { x: 0, y: 900 },
      config: {
        fields: [
          text("a", "{{ input.name }} and {{ nodes.input.name | upcase }}, name {{ input.names }}"),
          text("b", 'input.name + input["name"] + "input.name" + string(input.total)', "expression"),
          text("name", "{% if input.name == 'x' %}{{ item.name }}{% endif %}"),
        ],
      },
    },
  ];
  const before = edits.reduce(reduce, start);
  const nodeId = before.graph.nodes.at(-1)?.id ?? "";
  const texts = ({ graph }: EditorState) =>
    rowsOf(graph.nodes.find(({ id }) => id === nodeId)?.config ?? {}, "fields").map(({ value }) => value);
  const after = reduce(before, rename("client_name", "total"));
  expect(texts(after)).toEqual([
    "{{ input.client_name }} and {{ nodes.input.client_name | upcase }}, name {{ input.names }}",
    'input.client_name + input["client_name"] + "input.name" + string(input.total)',
    "{% if input.client_name == 'x' %}{{ item.name }}{% endif %}",
  ]);
  expect(after.notice?.text).toBe("“name” is “client_name” now, and 3 texts that use it say so too.");
  expect(texts(reduce(after, { type: "undo" }))).toEqual(texts(before));
  // A row more or less, two rows in each other's place, and a key that a text cannot name are no new names.
  for (const keys of [
    ["total"],
    ["total", "name"],
    ["name", "total", "more"],
    ["my name", "total"],
    ["in", "total"],
  ])
    expect(texts(reduce(before, rename(...keys)))).toEqual(texts(before));
});

it("lets what a node is to give in tests and when it fails follow a key of its structured answer", () => {
  const rows = (...keys: string[]) => keys.map((key) => ({ key, type: "number", description: "" }));
  const sort = start.graph.nodes.find(({ id }) => id === "sort");
  const rename = (...keys: string[]): EditorAction => ({
    type: "configure",
    nodeId: "sort",
    field: "outputFields",
    config: { ...sort?.config, outputFields: rows(...keys) },
  });
  const patch = { onError: "default" as const, defaultOutput: { summary: "none" } };
  const edits: EditorAction[] = [
    { type: "set_pin", nodeId: "sort", pin: { text: "{}", urgent: true, summary: "Late" } },
    { type: "set_policy", nodeId: "sort", field: "onError", patch },
  ];
  const before = edits.reduce(reduce, start);
  const nodeIn = ({ graph }: EditorState, id: string) => graph.nodes.find((node) => node.id === id);
  const after = reduce(before, rename("urgent", "gist"));
  expect(nodeIn(after, "sort")).toMatchObject({
    pin: { gist: "Late" },
    policy: { defaultOutput: { gist: "none" } },
  });
  expect(Object.keys(nodeIn(after, "sort")?.pin ?? {})).toEqual(["text", "urgent", "gist"]);
  expect(nodeIn(after, "file")?.config.fields).toMatchObject([{ value: "Filed: {{ sort.gist }}" }]);
  expect(after.notice?.text).toBe(
    "“summary” is “gist” now, and 1 text that uses it, the pinned output, and the default output say so too.",
  );
  expect(nodeIn(reduce(after, { type: "undo" }), "sort")).toEqual(nodeIn(before, "sort"));

  const ask = (key: string) => ({ fields: [{ key, label: "Limit", type: "text", required: false }] });
  const asked = reduce(start, { type: "add", kind: "approval", at: { x: 0, y: 900 }, config: ask("limit") });
  const id = asked.graph.nodes.at(-1)?.id ?? "";
  const answer = { decision: "approved", answer: { limit: "5" } };
  const pinned = reduce(asked, { type: "set_pin", nodeId: id, pin: answer });
  const configured = (key: string): EditorAction => ({
    type: "configure",
    nodeId: id,
    field: "fields",
    config: { ...nodeIn(pinned, id)?.config, ...ask(key) },
  });
  const most = reduce(pinned, configured("most"));
  expect(nodeIn(most, id)?.pin).toEqual({ decision: "approved", answer: { most: "5" } });
  expect(most.notice?.text).toBe("“limit” is “most” now, and the pinned output says so too.");
});

it("lets what is compared with a category or a case follow its key, and nothing else that says the same", () => {
  const category = (key: string) => ({ key, label: key, description: "" });
  const pick = (...keys: string[]) => ({ categories: keys.map(category) });
  const value = (text: string, mode = "template") => ({ key: "a", mode, value: text });
  const nodeIn = ({ graph }: EditorState, id: string) => graph.nodes.find((node) => node.id === id);
  const at = { x: 0, y: 900 };
  const renamedIn = (text: string, mode?: string) => {
    const edits: EditorAction[] = [
      { type: "add", kind: "classify", at, config: pick("question", "complaint") },
      { type: "set_pin", nodeId: "classify_1", pin: { category: "complaint", label: "Complaint" } },
      { type: "add", kind: "transform", at, config: { fields: [value(text, mode)] } },
    ];
    const before = edits.reduce(reduce, start);
    const config = { ...nodeIn(before, "classify_1")?.config, ...pick("question", "anger") };
    const after = reduce(before, { type: "configure", nodeId: "classify_1", field: "categories", config });
    expect(nodeIn(after, "classify_1")?.pin).toEqual({ category: "anger", label: "Complaint" });
    return rowsOf(nodeIn(after, "transform_1")?.config ?? {}, "fields")[0]?.value;
  };
  expect(
    renamedIn(
      `classify_1.category == "complaint" && input.text != "complaint" || 'complaint' != nodes["classify_1"].category`,
      "expression",
    ),
  ).toBe(
    `classify_1.category == "anger" && input.text != "complaint" || 'anger' != nodes["classify_1"].category`,
  );
  expect(
    renamedIn('nodes.classify_1.category in ["question", "complaint"] ? "complaint" : ""', "expression"),
  ).toBe('nodes.classify_1.category in ["question", "anger"] ? "complaint" : ""');
  expect(renamedIn('classify_1.category.startsWith("complaint")', "expression")).toBe(
    'classify_1.category.startsWith("complaint")',
  );
  expect(
    renamedIn(
      '"complaint" {% case classify_1.category %}{% when "question", "complaint" %}complaint{% endcase %}{% if classify_1.category == "complaint" %}a{% endif %}',
    ),
  ).toBe(
    '"complaint" {% case classify_1.category %}{% when "question", "anger" %}complaint{% endcase %}{% if classify_1.category == "anger" %}a{% endif %}',
  );
});
