import { diffLines } from "diff";

/** A line of a text that changed; `gap` stands for so many lines that did not. */
export type DiffLine =
  | { readonly kind: "same" | "added" | "removed"; readonly text: string }
  | { readonly kind: "gap"; readonly count: number };

/** Unchanged lines shown before and after a change. */
const CONTEXT = 2;
/** Texts further apart than this are shown as replaced: finding the shortest way between them would take long. */
const MOST_EDITS = 1_000;

/** Two texts line by line, with what did not change left out but for its nearest lines. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const found = diffLines(ended(before), ended(after), { maxEditLength: MOST_EDITS });
  const parts = found ?? [
    { value: ended(before), removed: true, added: false },
    { value: ended(after), removed: false, added: true },
  ];
  const lines = parts.flatMap((part) => {
    const kind = part.added ? "added" : part.removed ? "removed" : "same";
    return linesIn(part.value).map((text) => ({ kind, text }) as const);
  });
  return folded(lines);
}

/** The last line ends like the others, or a line added after it would look like a change of it. */
function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function linesIn(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

type Line = { readonly kind: "same" | "added" | "removed"; readonly text: string };

function folded(lines: readonly Line[]): readonly DiffLine[] {
  const isNear = new Array<boolean>(lines.length).fill(false);
  for (const [index, line] of lines.entries()) {
    if (line.kind !== "same") isNear.fill(true, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  }
  const shown: DiffLine[] = [];
  for (const [index, line] of lines.entries()) {
    const last = shown.at(-1);
    if (isNear[index]) shown.push(line);
    else if (last?.kind === "gap") shown[shown.length - 1] = { kind: "gap", count: last.count + 1 };
    else shown.push({ kind: "gap", count: 1 });
  }
  return shown;
}
