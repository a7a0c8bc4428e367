import { z } from "zod";
import { type Graph, parseGraph } from "@/lib/workflows/graph";
import { isSameGraph } from "./draft-backup";

/**
 * A draft that was not gone on with, kept in the browser until somebody brings it back or forgets it: one that lost a
 * conflict, mine or theirs, or changes that were never saved before somebody else saved.
 */
export type SetAside = { readonly graph: Graph; readonly origin: "mine" | "theirs" | "unsaved" };

/** Two drafts of which one was gone on with: the other is put aside, also after undo and redo. */
export type Choice = { readonly chosen: SetAside; readonly other: SetAside };

/** Which of the two is put aside while a graph is gone on with; null where that is neither. */
export function leftBy({ chosen, other }: Choice, graph: Graph): SetAside | null {
  if (graph === chosen.graph) return other;
  return graph === other.graph ? chosen : null;
}

const stored = z.array(z.object({ graph: z.unknown(), origin: z.enum(["mine", "theirs", "unsaved"]) }));

function keyOf(workflowId: string): string {
  return `hirebuddha:asides:${workflowId}`;
}

/** Keeps a draft with those put aside before. Gives false where the browser cannot keep it. */
export function setAside(workflowId: string, aside: SetAside): boolean {
  const others = listAsides(workflowId).filter(({ graph }) => !isSameGraph(graph, aside.graph));
  return store(workflowId, [aside, ...others]);
}

/** What is put aside of a workflow, newest first. */
export function listAsides(workflowId: string): readonly SetAside[] {
  try {
    return parseAsides(JSON.parse(localStorage.getItem(keyOf(workflowId)) ?? "[]"));
  } catch {
    return [];
  }
}

export function forgetAside(workflowId: string, aside: Pick<SetAside, "graph">): void {
  store(
    workflowId,
    listAsides(workflowId).filter(({ graph }) => !isSameGraph(graph, aside.graph)),
  );
}

function store(workflowId: string, asides: readonly SetAside[]): boolean {
  try {
    if (asides.length === 0) localStorage.removeItem(keyOf(workflowId));
    else localStorage.setItem(keyOf(workflowId), JSON.stringify(asides));
    return true;
  } catch {
    return false;
  }
}

function parseAsides(value: unknown): readonly SetAside[] {
  return (stored.safeParse(value).data ?? []).flatMap(({ graph, origin }) => {
    const parsed = parseGraph(graph);
    return parsed.ok ? [{ graph: parsed.graph, origin }] : [];
  });
}
