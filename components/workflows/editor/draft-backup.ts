import { z } from "zod";
import { type Graph, parseGraph } from "@/lib/workflows/graph";

/**
 * A draft the server does not have yet, kept in the browser until it does, so that a crash or a closed tab loses
 * nothing. `sending` is what was on its way to the server at that time.
 */
export type Backup = { readonly revision: number; readonly graph: Graph; readonly sending: Graph | null };

const stored = z.object({ revision: z.number(), graph: z.unknown(), sending: z.unknown() });

/** A kept draft, and where it is kept. */
export type KeptBackup = { readonly key: string; readonly backup: Backup };

/** Each page of a browser has a place of its own for a workflow, so that none takes another's. A page's id tells its age. */
function placeOf(workflowId: string, pageId: string): string {
  return `${placesOf(workflowId)}:${pageId}`;
}

function placesOf(workflowId: string): string {
  return `hirebuddha:draft:${workflowId}`;
}

export function keepBackup(workflowId: string, pageId: string, backup: Backup): void {
  try {
    localStorage.setItem(placeOf(workflowId, pageId), JSON.stringify(backup));
  } catch {
    // Full or forbidden storage: autosave is still there.
  }
}

export function dropBackup(workflowId: string, pageId: string): void {
  forgetBackup(placeOf(workflowId, pageId));
}

export function forgetBackup(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept either.
  }
}

/** What other pages have kept of a workflow, the newest page first; those that are closed are among them. */
export function readBackups(workflowId: string, pageId: string): readonly KeptBackup[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(placesOf(workflowId)) && key !== placeOf(workflowId, pageId))
      .sort((one, other) => (one < other ? 1 : -1))
      .flatMap((key) => {
        const backup = readBackup(key);
        return backup ? [{ key, backup }] : [];
      });
  } catch {
    return [];
  }
}

function readBackup(key: string): Backup | null {
  try {
    return parseBackup(JSON.parse(localStorage.getItem(key) ?? "null"));
  } catch {
    return null;
  }
}

function parseBackup(value: unknown): Backup | null {
  const parsed = stored.safeParse(value);
  if (!parsed.success) return null;
  const graph = parseGraph(parsed.data.graph);
  const sending = parseGraph(parsed.data.sending);
  return graph.ok
    ? { revision: parsed.data.revision, graph: graph.graph, sending: sending.ok ? sending.graph : null }
    : null;
}

/**
 * What to do with a kept draft: nothing when the server has it; go on from it when the server still has what it was
 * made from; put it aside when somebody saved something else meanwhile.
 */
export function judgeBackup(
  backup: Backup,
  server: { revision: number; graph: Graph },
): "none" | "continue" | "aside" {
  if (isSameGraph(backup.graph, server.graph)) return "none";
  if (backup.revision === server.revision) return "continue";
  const arrived = backup.sending !== null && isSameGraph(backup.sending, server.graph);
  return arrived && backup.revision + 1 === server.revision ? "continue" : "aside";
}

/** Whether two graphs say the same, whatever the order of their keys. */
export function isSameGraph(a: Graph, b: Graph): boolean {
  return a === b || JSON.stringify(a, sortKeys) === JSON.stringify(b, sortKeys);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
