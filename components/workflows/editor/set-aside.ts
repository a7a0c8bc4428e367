import { z } from "zod";
import { type Graph, parseGraph } from "@/lib/workflows/graph";

/** The draft that lost a conflict, kept in the browser until somebody brings it back or forgets it. */
export type SetAside = { readonly graph: Graph; readonly whose: "mine" | "theirs" };

const stored = z.object({ graph: z.unknown(), whose: z.enum(["mine", "theirs"]) });

function keyOf(workflowId: string): string {
  return `hirebuddha:aside:${workflowId}`;
}

/** Gives false where the browser cannot keep it. */
export function setAside(workflowId: string, aside: SetAside): boolean {
  try {
    localStorage.setItem(keyOf(workflowId), JSON.stringify(aside));
    return true;
  } catch {
    return false;
  }
}

export function findAside(workflowId: string): SetAside | null {
  try {
    return parseAside(JSON.parse(localStorage.getItem(keyOf(workflowId)) ?? "null"));
  } catch {
    return null;
  }
}

export function forgetAside(workflowId: string): void {
  try {
    localStorage.removeItem(keyOf(workflowId));
  } catch {
    // Nothing was kept either.
  }
}

function parseAside(value: unknown): SetAside | null {
  const parsed = stored.safeParse(value);
  if (!parsed.success) return null;
  const graph = parseGraph(parsed.data.graph);
  return graph.ok ? { graph: graph.graph, whose: parsed.data.whose } : null;
}
