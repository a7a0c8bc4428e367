import type { TraceRow } from "./rows";

/** What a key asks of a trace: another row, a row unfolded or folded, or its details. */
export type TreeCommand =
  | { readonly type: "move"; readonly to: number }
  | { readonly type: "toggle" | "select"; readonly row: TraceRow };

/** The keys of a tree: arrows walk and unfold, Home and End go to the ends, Enter and the space bar open. */
export function treeCommand(
  key: string,
  rows: readonly TraceRow[],
  index: number,
  pageRows: number,
): TreeCommand | null {
  const row = rows[index];
  const move = (to: number): TreeCommand => ({
    type: "move",
    to: Math.min(rows.length - 1, Math.max(0, to)),
  });
  switch (key) {
    case "ArrowDown":
      return move(index + 1);
    case "ArrowUp":
      return move(index - 1);
    case "PageDown":
      return move(index + pageRows);
    case "PageUp":
      return move(index - pageRows);
    case "Home":
      return move(0);
    case "End":
      return move(rows.length - 1);
    case "ArrowRight":
      return row && isOpen(row) === false ? { type: "toggle", row } : isOpen(row) ? move(index + 1) : null;
    case "ArrowLeft":
      return row && isOpen(row) ? { type: "toggle", row } : parentOf(rows, index);
    case "Enter":
    case " ":
      return row ? pickCommand(row) : null;
    default:
      return null;
  }
}

/** What picking a row does: details of a step that has started, what is inside of a part. */
export function pickCommand(row: TraceRow): TreeCommand | null {
  if (row.type === "part") return row.isOpen === null ? null : { type: "toggle", row };
  return row.type === "step" && row.step.startedAt ? { type: "select", row } : null;
}

/** Null for what cannot be unfolded. */
export function isOpen(row: TraceRow | undefined): boolean | null {
  return row?.type === "step" || row?.type === "part" ? row.isOpen : null;
}

function parentOf(rows: readonly TraceRow[], index: number): TreeCommand | null {
  const level = rows[index]?.level ?? 1;
  const parent = rows.findLastIndex((row, place) => place < index && row.level < level);
  return parent < 0 ? null : { type: "move", to: parent };
}
