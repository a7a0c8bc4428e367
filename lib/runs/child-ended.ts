import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import type { FollowUps } from "./follow-up";
import type { ChildEnd } from "./nodes/suspender";
import { findSuspender } from "./nodes/suspenders";
import type { RunFacts } from "./store";
import { endAfter, findWaiting, settleHeld } from "./suspended";

/** Goes on with the step a run worked for: the next item or round, or the step's end. */
export async function childEnded(
  tx: Tx,
  scope: TenantScope,
  run: RunFacts,
  child: ChildEnd,
  ups: FollowUps,
): Promise<void> {
  const held = run.parentStepId ? await findWaiting(tx, scope, run.parentStepId) : null;
  const goesOn = held ? findSuspender(held.node.kind)?.childEnded : undefined;
  if (!held || !goesOn) return;
  const context = { tx, scope, held, ups };
  const end = await endAfter(held, () => goesOn(held.node.config, child, context));
  if (end) await settleHeld(tx, scope, held, end, ups);
}
