import { DEADLINE_MS, MAX_EXPRESSION_CHARS, MAX_GROWTH, MAX_STEPS } from "@/lib/workflows/condition";
import { MAX_TEXT } from "@/lib/workflows/kinds/shared";
import { MAX_OUTPUT_CHARS, RENDER_MS } from "@/lib/workflows/template";
import type { Fact } from "./fact-table";

const count = (value: number) => value.toLocaleString("en-US");

/** What texts can name. */
export const NAMES: readonly Fact[] = [
  ["`input.text`", "A field of the Input node: what the run was started with."],
  [
    "`find.passages`",
    "What a node before this one gave, by the node's id. The editor shows the id beside its kind.",
  ],
  [
    '`nodes["llm-2"].text`',
    "The same for an id with a hyphen, which an expression would read as a subtraction.",
  ],
  ["`item`, `index`", "Inside For each: the item, and its place in the list, from 0."],
  ["`round`, `last`", "Inside Loop: the number of the round, from 0, and the result of the round before."],
];

export const NAME_RULES: readonly string[] = [
  "A node sees every node from which a path of connections leads to it, and nothing else: what runs beside it may not be there yet.",
  "Inside For each or Loop, a node also sees what comes before the node around it. From outside, only the result of the whole is seen.",
  "The result of an item or round sees the nodes inside as well. Until sees `round` and `last`, which is then the result of the round that has just ended.",
  "A node that was skipped gives nothing: null in expressions, no text in templates. A node that failed and goes on gives its default output, or `error.code` and `error.message`.",
];

export const OPERATORS: readonly Fact[] = [
  ["`==` `!=` `<` `<=` `>` `>=`", "Compare. Texts, numbers, moments, and lists and objects for equality."],
  ["`&&` `||` `!`", "And, or, not."],
  [
    "`+` `-` `*` `/` `%`",
    "Calculate. `+` also joins two texts or two lists. Whole numbers and others may be mixed. Dividing by zero is an error.",
  ],
  ["`a ? b : c`", "`b` when `a` holds, else `c`."],
  ['`x in list`, `"key" in object`', "Whether it is there."],
  [
    '`a.b`, `a["b"]`, `a[0]`',
    "A field, a field by its name, an item by its place. A field that is not there is an error: ask `has(a.b)` first.",
  ],
  ['`[1, 2]`, `{"a": 1}`', "A list, an object."],
  ['`"text"`, `1`, `1.5`, `true`, `null`', "Values as they are written."],
];

export const LIMITS: readonly Fact[] = [
  ["Length of an expression", `${count(MAX_EXPRESSION_CHARS)} characters`],
  ["Items an expression may look at in all", count(MAX_STEPS)],
  ["Text and lists an expression may make", `${count(MAX_GROWTH)} characters and items`],
  ["Time of an expression", `${DEADLINE_MS} ms`],
  ["Length of a template", `${count(MAX_TEXT)} characters`],
  ["Length of what a template gives", `${count(MAX_OUTPUT_CHARS)} characters`],
  ["Time of a template", `${RENDER_MS} ms`],
];
