import type { SuspendingKind } from "@/lib/workflows/nodes";
import { approvalSuspender } from "./approval";
import { loopSuspender } from "./loop";
import { mapSuspender } from "./map";
import type { Suspender } from "./suspender";
import { waitSuspender } from "./wait";
import { workflowSuspender } from "./workflow";

/** How each kind that waits runs. A kind that is not here does not compile. */
const SUSPENDERS: Readonly<Record<SuspendingKind, Suspender>> = {
  map: mapSuspender,
  loop: loopSuspender,
  wait: waitSuspender,
  approval: approvalSuspender,
  workflow: workflowSuspender,
};

/** How a kind waits; null for kinds that end in one attempt. */
export function findSuspender(kind: string): Suspender | null {
  return Object.hasOwn(SUSPENDERS, kind) ? SUSPENDERS[kind as SuspendingKind] : null;
}
