import { EditorView } from "@codemirror/view";

/** Typing the second brace closes the pair around the caret; typing the closing ones anyway steps over them. */
export const closeBraces = EditorView.inputHandler.of((view, from, to, text) => {
  if (from !== to) return false;
  const before = view.state.sliceDoc(Math.max(0, from - 1), from);
  const after = view.state.sliceDoc(from, from + 3);
  const put = (end: number, insert: string, anchor: number) => {
    view.dispatch({ changes: { from, to: end, insert }, selection: { anchor }, userEvent: "input.type" });
    return true;
  };
  if (text === "{" && before === "{" && !/^\s*\}/.test(after)) return put(from, "{  }}", from + 2);
  // The space after the braces is there already.
  if (text === " " && view.state.sliceDoc(Math.max(0, from - 3), from) === "{{ " && after.startsWith(" }}"))
    return true;
  if (text !== "}") return false;
  const pair = /^ ?\}\}/.exec(after)?.[0];
  if (pair) return put(from + pair.length - 1, "}", from + 1);
  return before === "}" && after.startsWith("}") ? put(from + 1, "}", from + 1) : false;
});
