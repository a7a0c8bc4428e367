import { parseGraph } from "@/lib/workflows/graph";
import { isRecord } from "@/lib/workflows/kind";
import type { Fragment } from "./copying";

/** What tells copied nodes from any other JSON in a clipboard. */
const MARK = "hirebuddhaNodes";

export function writeCopied(fragment: Fragment): string {
  return JSON.stringify({ [MARK]: 1, ...fragment });
}

/** The nodes in a text that was copied, or why there are none to paste. */
export function readCopied(text: string): { ok: true; fragment: Fragment } | { ok: false; message: string } {
  const copied = parseJson(text);
  if (!isRecord(copied) || copied[MARK] !== 1) return { ok: false, message: OTHER };
  const { nodes, edges } = copied;
  const read = parseGraph({ version: 1, nodes, edges });
  if (read.ok) return { ok: true, fragment: { nodes: read.graph.nodes, edges: read.graph.edges } };
  return { ok: false, message: `These nodes cannot be pasted. ${read.issues[0]?.message ?? ""}` };
}

const OTHER = "Only nodes that were copied in the editor of a workflow can be pasted here.";

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
