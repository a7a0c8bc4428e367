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
