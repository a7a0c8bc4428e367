import "server-only";
import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { reconciliationFindings, reconciliationRuns } from "@/db/schema/reconciliation";
import type { PlatformScope } from "@/db/scope";
import { inngest } from "@/inngest/client";
import { reconciliationRequested } from "@/inngest/events";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import type { DecideFindingInput } from "./input";

const userOf = ({ actor }: PlatformScope) => (actor.kind === "user" ? actor.userId : null);

/**
 * Asks for a run now. While one that somebody asked for within ten minutes is under way, that one is the answer.
 * @returns the run, which goes on in the background
 */
export async function requestReconciliation(
  scope: PlatformScope,
  _input: unknown,
  now = new Date(),
): Promise<{ runId: string }> {
  authorize(scope, "reconcile.run");
  const runId = await asPlatform(scope, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('reconciliation'))`);
    const [running] = await tx
      .select({ id: reconciliationRuns.id })
      .from(reconciliationRuns)
      .where(
        and(
          eq(reconciliationRuns.trigger, "manual"),
          isNull(reconciliationRuns.finishedAt),
          sql`${reconciliationRuns.startedAt} > ${now.toISOString()}::timestamptz - interval '10 minutes'`,
        ),
      )
      .orderBy(desc(reconciliationRuns.id))
      .limit(1);
    if (running) return running.id;
    const id = newId();
    await tx
      .insert(reconciliationRuns)
      .values({ id, trigger: "manual", key: `manual:${id}`, startedBy: userOf(scope), startedAt: now });
    await audit(tx, scope, { action: "reconciliation.run", targetType: "reconciliation_run", targetId: id });
    return id;
  });
  await inngest.send(reconciliationRequested.create({ runId }, { id: `reconcile:${runId}` }));
  return { runId };
}

/**
 * Decides about an open finding. It stays decided for as long as it looks the same.
 * @throws AppError `not_found`; `conflict` when it is not open any more
 */
export async function decideFinding(
  scope: PlatformScope,
  { findingId, decision, note }: DecideFindingInput,
  now = new Date(),
): Promise<void> {
  authorize(scope, "reconcile.decide");
  await asPlatform(scope, async (tx) => {
    const [finding] = await tx
      .select({ status: reconciliationFindings.status, subject: reconciliationFindings.subject })
      .from(reconciliationFindings)
      .where(eq(reconciliationFindings.id, findingId))
      .for("update");
    if (!finding) throw new AppError("not_found", "This finding does not exist.");
    if (finding.status !== "open")
      throw new AppError("conflict", "This finding is not open any more.", { reason: "decided" });
    await tx
      .update(reconciliationFindings)
      .set({ status: decision, decidedBy: userOf(scope), decidedAt: now, decisionNote: note })
      .where(eq(reconciliationFindings.id, findingId));
    await audit(tx, scope, {
      action: "reconciliation.decide",
      targetType: "reconciliation_finding",
      targetId: findingId,
      before: { status: finding.status, subject: finding.subject },
      after: { status: decision },
      reason: note,
    });
  });
}
