import { EXPRESSION_WORDS } from "./expression-words";
import type { Graph } from "./graph";
import type { BodyView } from "./kind";
import type { LanguageWord } from "./language-words";
import type { CalledBy } from "./references";
import { TEMPLATE_FILTERS } from "./template-filters";
import { TEMPLATE_TAGS } from "./template-tags";
import { variablesFor } from "./variables";

/** Something that can be written in a text. */
export type Completion = {
  readonly label: string;
  /** A name of data, or what of the language it is. */
  readonly type: "name" | LanguageWord["type"];
  /** What it is, in a word: the type of a value, or how a word is written. */
  readonly detail: string;
  /** What it gives, in one line. */
  readonly info: string;
};

const LANGUAGE_WORDS: Readonly<Record<"template" | "expression", readonly Completion[]>> = {
  template: [...TEMPLATE_FILTERS, ...TEMPLATE_TAGS].map(wordAsCompletion),
  expression: EXPRESSION_WORDS.map(wordAsCompletion),
};

function wordAsCompletion({ type, name, usage, says }: LanguageWord): Completion {
  return { label: name, type, detail: usage, info: says };
}

/**
 * Everything a text of a node can say: the names it sees, with their types, and the words of its language.
 * `sees` is for the texts of a container that are computed after its body; `called` knows what the workflows give that
 * nodes call.
 */
export function completionsFor(
  graph: Graph,
  nodeId: string,
  language: "template" | "expression",
  { sees = null, called = () => null }: { sees?: BodyView | null; called?: CalledBy } = {},
): readonly Completion[] {
  const names = variablesFor(graph, nodeId, sees, called).flatMap((group) =>
    group.variables.map(
      ({ path, label, type }): Completion => ({
        label: path,
        type: "name",
        detail: type,
        info: `${group.name}: ${label}`,
      }),
    ),
  );
  return [...names, ...LANGUAGE_WORDS[language]];
}
