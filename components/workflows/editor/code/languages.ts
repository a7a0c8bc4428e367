import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";
import type { CodeLanguage } from "./complete";

const WORDS: ReadonlySet<string> = new Set([
  "true",
  "false",
  "null",
  "nil",
  "in",
  "and",
  "or",
  "contains",
  "empty",
  "blank",
]);

/** The next token of what is inside of braces, of an expression or of JSON. */
function codeToken(stream: StringStream, afterPipe: boolean): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) return "string";
  if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) return "number";
  if (stream.match(/^[A-Za-z_]\w*/)) {
    const word = stream.current();
    if (WORDS.has(word)) return "keyword";
    return afterPipe || stream.match(/^\s*\(/, false) ? "propertyName" : "variableName";
  }
  stream.next();
  return "operator";
}

type Inside = { close: string | null; afterPipe: boolean };

const template = StreamLanguage.define<Inside>({
  name: "template",
  startState: () => ({ close: null, afterPipe: false }),
  copyState: (state) => ({ ...state }),
  token(stream, state) {
    if (state.close === null) {
      if (stream.match("{{")) state.close = "}}";
      else if (stream.match("{%")) state.close = "%}";
      else if (!stream.skipTo("{")) stream.skipToEnd();
      else if (!stream.match(/^\{[{%]/, false)) stream.next();
      return state.close === null ? null : "brace";
    }
    if (stream.match(state.close)) {
      state.close = null;
      return "brace";
    }
    const token = codeToken(stream, state.afterPipe);
    if (token !== null) state.afterPipe = stream.current() === "|";
    return token;
  },
});

const code = StreamLanguage.define({
  name: "code",
  startState: () => null,
  token: (stream) => codeToken(stream, false),
});

/** Colours by the design's tokens, so that both themes follow. */
const colours = HighlightStyle.define([
  { tag: tags.brace, color: "var(--brand)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--info)" },
  { tag: tags.propertyName, color: "var(--brand)" },
  { tag: tags.string, color: "var(--success)" },
  { tag: [tags.number, tags.keyword], color: "var(--warning)" },
  { tag: tags.operator, color: "var(--muted-foreground)" },
]);

/** How a text is coloured. */
export function highlight(language: CodeLanguage) {
  return [language === "template" ? template : code, syntaxHighlighting(colours)];
}
