import { AppError } from "@/lib/errors";
import type { GraphNode } from "@/lib/workflows/graph";
import { ERROR_PORT } from "@/lib/workflows/kind";
import { findKind } from "@/lib/workflows/nodes";
import { DEFAULT_RETRY, type RetryPolicy } from "./retry";
import type { StepEnd } from "./steps";

/** The most one attempt of a node may take where it says nothing itself; its run's deadline may be nearer. */
const NODE_TIMEOUT_MS = 5 * 60_000;

/** The policy of a node whose kind has one. */
function policyOf(node: GraphNode): NonNullable<GraphNode["policy"]> {
  return (findKind(node.kind)?.hasPolicy && node.policy) || {};
}

/** How often a node is tried, and how long after each failed attempt. */
export function retryOf(node: GraphNode): RetryPolicy {
  return policyOf(node).retry ?? DEFAULT_RETRY;
}

/** How long one attempt may take, and whether running out of it is worth another. */
export function timeLimitOf(
  node: GraphNode,
  leftOfRunMs: number,
): { readonly timeoutMs: number; readonly isRetryable: boolean } {
  const { timeoutMs = NODE_TIMEOUT_MS, retry } = policyOf(node);
  // Work that took five minutes is not done again unasked; and with the run's own time gone there is none left.
  const isRetryable = retry !== undefined && timeoutMs < leftOfRunMs;
  return { timeoutMs: Math.min(timeoutMs, leftOfRunMs), isRetryable };
}

const SUSPENDED = "tenant_suspended";

/** Failures that are not the node's: they stop its run, whatever the node says of errors. */
const STOPPING: ReadonlySet<string> = new Set([SUSPENDED]);

/** How a step ends in a suspended workspace. */
export function tenantSuspended(): AppError {
  const message = "This workspace is suspended: its runs stop before their next step.";
  return new AppError("precondition", message, { reason: SUSPENDED, retryable: false });
}

/** Whether a failure of this code stops the run, and not only the node it met. */
export function stopsRun(code: string | null | undefined): boolean {
  return STOPPING.has(code ?? "");
}

/**
 * What a failure of a node means for its run: that of its policy. A node that goes on anyway keeps what went wrong
 * beside what it gives.
 */
export function afterPolicy(node: GraphNode, end: StepEnd): StepEnd {
  if (end.status !== "failed" || stopsRun(end.errorCode)) return end;
  const { onError, defaultOutput = {} } = policyOf(node);
  if (onError === "default") {
    const branch = findKind(node.kind)?.portOfOutput?.(node.config, defaultOutput) ?? null;
    return { ...end, status: "completed", output: defaultOutput, branch };
  }
  if (onError !== "branch") return end;
  const error = { code: end.errorCode ?? "internal", message: end.errorMessage ?? "It failed." };
  return { ...end, status: "completed", output: { error }, branch: ERROR_PORT.id };
}
