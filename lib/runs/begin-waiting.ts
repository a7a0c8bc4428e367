import type { Tx } from "@/db/access";
import { withSavepoint } from "@/db/savepoint";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { holdLive } from "./assumed-run";
import { cleanDetail, cleanOutput } from "./clean";
import { type FollowUps, newFollowUps } from "./follow-up";
import { valuesFor } from "./node-values";
import type { NodeValues } from "./nodes/runner";
import type { Suspender } from "./nodes/suspender";
import { setAside } from "./set-aside";
import { completedEnd, failedEnd, finishStep, type HeldStep, type StepReference } from "./settle-step";
import { suspendStep } from "./steps";

/** How a step stands, and what is to be told once the transaction has committed. */
export type Begun = { readonly answer: StepReference; readonly ups?: FollowUps };

const NOTHING_HELD = { isUnheld: true } as const;

type Priced = HeldStep & Required<Pick<HeldStep, "lists">>;

/**
 * Starts what a step waits for, and leaves it waiting in the same transaction, with its own price set aside. It ends at
 * once when there is nothing to wait for, or when it cannot be started; of what was begun then, nothing is kept.
 * @throws Outdated when its run has ended meanwhile: the transaction is to be dropped
 */
export async function beginWaiting(
  tx: Tx,
  scope: TenantScope,
  held: Priced,
  suspender: Suspender,
): Promise<Begun> {
  const values = await valuesFor(tx, scope, held.run, held.node);
  try {
    return await withSavepoint(tx, () => begin(tx, scope, held, suspender, values));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { answer: await finishStep(tx, scope, held, failedEnd(error), NOTHING_HELD) };
  }
}

async function begin(
  tx: Tx,
  scope: TenantScope,
  held: Priced,
  suspender: Suspender,
  values: NodeValues,
): Promise<Begun> {
  const ups = newFollowUps();
  const { run, node, stepId } = held;
  const begun = await suspender.begin(node.config, values, { tx, scope, held, ups });
  if ("result" in begun) {
    const end = completedEnd(node.name, begun.result);
    if ("error" in end) throw end.error;
    return { answer: await finishStep(tx, scope, held, end, NOTHING_HELD), ups };
  }
  const limitMs = suspender.due ? undefined : node.policy?.timeoutMs;
  const wakeAt = limitMs === undefined ? begun.wakeAt : new Date(run.now.getTime() + limitMs);
  await suspendStep(tx, scope, held, {
    input: cleanOutput(begun.input, node.name),
    ...(begun.detail ? { detail: cleanDetail(begun.detail) } : {}),
    wakeAt,
  });
  await holdLive(tx, scope, run.id);
  await setAside(tx, scope, held, { models: [], lists: held.lists });
  if (wakeAt) ups.wakes.push({ executionId: run.id, stepId, at: wakeAt });
  return { answer: { status: "waiting" }, ups };
}
