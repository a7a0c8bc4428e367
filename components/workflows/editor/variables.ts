export { type Variable, type VariableGroup, variablesFor } from "@/lib/workflows/variables";

/** A text with something put where the caret is, and where the caret goes then. */
export function insertAt(
  text: string,
  start: number,
  end: number,
  piece: string,
): { text: string; caret: number } {
  return { text: `${text.slice(0, start)}${piece}${text.slice(end)}`, caret: start + piece.length };
}
