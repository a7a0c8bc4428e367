import type { GraphNode, NodePolicy } from "@/lib/workflows/graph";

/** A policy in which some parts may be taken away. */
export type PolicyPatch = { readonly [Key in keyof NodePolicy]?: NodePolicy[Key] | undefined };

/** A node with a changed policy. A policy that says nothing is none. */
export function withPolicy(node: GraphNode, patch: PolicyPatch): GraphNode {
  const { policy: before, ...rest } = node;
  const merged = Object.entries({ ...before, ...patch }).filter(([, value]) => value !== undefined);
  if (merged.length === 0) return rest;
  return { ...rest, policy: Object.fromEntries(merged) as NodePolicy };
}

/** How a node is retried, as a person chooses it. */
export type RetryChoice = "usual" | "never" | "own";

export function retryChoice(policy: NodePolicy | undefined): RetryChoice {
  if (!policy?.retry) return "usual";
  return policy.retry.attempts === 1 ? "never" : "own";
}

export function retryOf(choice: RetryChoice): NodePolicy["retry"] {
  if (choice === "usual") return undefined;
  return { attempts: choice === "never" ? 1 : 3, backoff: "exponential", firstWaitMs: 1_000 };
}

/** The waits between the attempts in words: `1 s, 4 s, 16 s`. */
export function waitsText({ attempts, backoff, firstWaitMs }: NonNullable<NodePolicy["retry"]>): string {
  const waits = Array.from({ length: attempts - 1 }, (_, index) => {
    const ms = backoff === "fixed" ? firstWaitMs : Math.min(firstWaitMs * 4 ** index, 300_000);
    return ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${ms / 1_000} s`;
  });
  return waits.join(", ");
}
