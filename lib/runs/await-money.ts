import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { microsToNumeric } from "@/lib/money";
import { lockWallet } from "@/lib/wallet/lock";
import type { MoneyRefusal } from "@/lib/wallet/refusal";
import { readWallet } from "@/lib/wallet/store";
import { askForMore } from "./allow-more";
import { holdLive } from "./assumed-run";
import type { HeldStep, StepReference } from "./settle-step";
import { nextRevision } from "./store";

/** Money came between the refusal and the wait: the claim is taken back, and the step is asked for again. */
export class PaidMeanwhile extends Error {}

/**
 * Leaves a claimed step waiting for the money it was refused, and asks a person where its cap says so. A wait is no attempt. The wallet is looked at again, locked,
 * behind everything else: what came in before is seen here, and who adds later sees the step.
 * @throws PaidMeanwhile when it is enough now, Outdated when its run has ended; the transaction is to be dropped
 */
export async function awaitMoney(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  refusal: MoneyRefusal,
): Promise<StepReference> {
  const { run, stepId, attempt } = held;
  const isForCap = refusal.reason === "cap_reached";
  const isAsked = isForCap && (await askForMore(tx, scope, held, refusal));
  await tx
    .update(executionSteps)
    .set({
      status: "waiting",
      attempt: attempt - 1,
      waitReason: isAsked ? "ask" : isForCap ? "cap" : "credit",
      needed: microsToNumeric(refusal.needed),
      capId: refusal.capId,
      wakeAt: null,
      leaseUntil: null,
      workerId: null,
      errorCode: null,
      errorMessage: null,
      revision: nextRevision,
    })
    .where(
      and(
        eq(executionSteps.tenantId, scope.tenantId),
        eq(executionSteps.id, stepId),
        eq(executionSteps.attempt, attempt),
        sql`${executionSteps.status} = 'running'`,
      ),
    );
  await holdLive(tx, scope, run.id);
  if (refusal.reason === "needs_credit") {
    await lockWallet(tx, scope.tenantId);
    const wallet = await readWallet(tx, scope.tenantId);
    if (wallet && wallet.availableMicros >= refusal.needed) throw new PaidMeanwhile("money came meanwhile");
  }
  return { status: "waiting" };
}
