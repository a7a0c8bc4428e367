import "server-only";
import { and, asc, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { asSystem, asWorker, type Tx } from "@/db/access";
import { agents, executionSteps } from "@/db/schema/ai";
import { capWindows, spendAlerts, spendCaps } from "@/db/schema/caps";
import { aiModels } from "@/db/schema/config";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { currentTime, databaseTime } from "@/lib/clock";
import { dayInWords, monthInWords } from "@/lib/day";
import { documentHref } from "@/lib/knowledge/links";
import { formatMicros, microsFromNumeric } from "@/lib/money";
import { notify } from "@/lib/notifications/notify";
import { windowOfNow } from "./caps/store";
import { findLow, tellLow } from "./low-balance";
import { tellCapped } from "./tell-capped";
import { findWaiting } from "./unpaid";

/** Tenants that are to be told of their spending: of caps, of a low balance, or of what waits for money. */
export async function findUntold(): Promise<string[]> {
  return asSystem("sweep-money", async (tx) => {
    const alerts = await tx
      .selectDistinct({ tenantId: spendAlerts.tenantId })
      .from(spendAlerts)
      .where(isNull(spendAlerts.toldAt));
    const others = [...(await findWaiting(tx)), ...(await findLow(tx))];
    return [...new Set([...alerts.map((row) => row.tenantId), ...others])];
  });
}

const PERIODS: Readonly<Record<string, string>> = { day: "today", month: "this month", run: "in one run" };

/**
 * Tells a tenant's admins, once each, that a cap is used to 50, 80 or 100 percent of its window, that something waits for
 * it, and that the balance fell below what they named, and once a day that runs or documents wait for credit.
 * @returns whether anything is new
 */
export async function tellSpending(scope: TenantScope): Promise<boolean> {
  authorize(scope, "credit.work");
  // By itself: it locks the wallet, and whoever spends comes from there to the alerts.
  const low = await asWorker(scope, (tx) => tellLow(tx, scope));
  return asWorker(scope, async (tx) => {
    const alerts = await tellCaps(tx, scope);
    const capped = await tellCapped(tx, scope);
    const unpaid = await tellUnpaid(tx, scope);
    return alerts || capped || unpaid || low;
  });
}

async function tellCaps(tx: Tx, scope: TenantScope): Promise<boolean> {
  const told = await tx
    .update(spendAlerts)
    .set({ toldAt: databaseTime() })
    .where(and(eq(spendAlerts.tenantId, scope.tenantId), isNull(spendAlerts.toldAt)))
    .returning();
  if (told.length === 0) return false;
  const windows = await tx
    .select({
      capId: spendCaps.id,
      windowKey: capWindows.windowKey,
      period: spendCaps.period,
      isOver: sql<boolean>`coalesce(${capWindows.windowKey} < ${windowOfNow()}, false)`,
      bound: sql<string>`(${spendCaps.amount} + ${capWindows.extra})::numeric(18,6)`,
      agentName: agents.name,
      onReach: spendCaps.onReach,
      switchAtPercent: spendCaps.switchAtPercent,
      fallbackModelKey: spendCaps.fallbackModelKey,
      fallbackModelName: aiModels.modelName,
      isFallbackActive: aiModels.isActive,
    })
    .from(spendCaps)
    .innerJoin(
      capWindows,
      and(eq(capWindows.tenantId, spendCaps.tenantId), eq(capWindows.capId, spendCaps.id)),
    )
    .leftJoin(agents, and(eq(agents.tenantId, spendCaps.tenantId), eq(agents.id, spendCaps.agentId)))
    .leftJoin(aiModels, eq(aiModels.modelKey, spendCaps.fallbackModelKey))
    .where(
      and(
        eq(spendCaps.tenantId, scope.tenantId),
        inArray(
          capWindows.windowKey,
          told.map(({ windowKey }) => windowKey),
        ),
      ),
    );
  for (const alert of told) {
    const cap = windows.find((one) => one.capId === alert.capId && one.windowKey === alert.windowKey);
    if (!cap) continue;
    const who = cap.agentName ? `“${cap.agentName}”` : "The workspace";
    const amount = formatMicros(microsFromNumeric(cap.bound));
    await notify(tx, scope, {
      kind: "spend_alert",
      title: `${who} has used ${alert.threshold} % of its cap`,
      body: `${alert.threshold} % of ${amount} ${spentWhen(cap)}.${cap.isOver ? "" : whatFollows(cap, alert.threshold)}`,
      href: "/app/billing/caps",
      dedupeKey: `cap:${alert.capId}:${alert.windowKey}:${alert.threshold}`,
      to: { admins: true },
    });
  }
  return true;
}

/** In which day, month or run something is spent. What is told late says when that was. */
function spentWhen({ period, windowKey, isOver }: { period: string; windowKey: string; isOver: boolean }) {
  if (!isOver) return `is spent ${PERIODS[period] ?? ""}`;
  const start = new Date(windowKey);
  return `was spent ${period === "day" ? `on ${dayInWords(start)}` : `in ${monthInWords(start)}`}`;
}

/** What a cap does to what is spent from here on. */
function whatFollows(
  cap: Pick<typeof spendCaps.$inferSelect, "onReach" | "switchAtPercent" | "fallbackModelKey"> & {
    fallbackModelName: string | null;
    isFallbackActive: boolean | null;
  },
  threshold: number,
): string {
  if (threshold === 100) return " What needs more waits until there is room.";
  if (cap.onReach !== "switch") return "";
  const model = cap.fallbackModelName ?? cap.fallbackModelKey;
  if (!cap.isFallbackActive)
    return ` It keeps its own model: ${model}, the cheaper one, is not available any more.`;
  return threshold < cap.switchAtPercent
    ? ` From ${cap.switchAtPercent} % on it answers with ${model}, which is cheaper.`
    : ` It answers with ${model} now, which is cheaper.`;
}

async function tellUnpaid(tx: Tx, scope: TenantScope): Promise<boolean> {
  const ofRuns = await tellUnpaidRuns(tx, scope);
  const ofDocuments = await tellUnpaidDocuments(tx, scope);
  return ofRuns || ofDocuments;
}

const today = () => currentTime().toISOString().slice(0, 10);
const amountOf = (needed: string | null) => formatMicros(microsFromNumeric(needed ?? "0"));

async function tellUnpaidRuns(tx: Tx, scope: TenantScope): Promise<boolean> {
  const [step] = await tx
    .select({ executionId: executionSteps.executionId, needed: executionSteps.needed })
    .from(executionSteps)
    .where(
      and(
        eq(executionSteps.tenantId, scope.tenantId),
        eq(executionSteps.status, "waiting"),
        isNotNull(executionSteps.waitReason),
        isNull(executionSteps.capId),
      ),
    )
    .orderBy(asc(executionSteps.needed))
    .limit(1);
  if (!step) return false;
  await notify(tx, scope, {
    kind: "run_unpaid",
    title: "Runs wait for credit",
    body: `The next step of a run needs ${amountOf(step.needed)}, which is not there. Runs go on by themselves when credit is added.`,
    href: `/app/runs/${step.executionId}`,
    dedupeKey: `run_unpaid:${today()}`,
    to: { admins: true },
    ids: { executionId: step.executionId },
  });
  return true;
}

async function tellUnpaidDocuments(tx: Tx, scope: TenantScope): Promise<boolean> {
  const [document] = await tx
    .select({ id: documents.id, filename: documents.filename, needed: documents.needed })
    .from(documents)
    .where(
      and(eq(documents.tenantId, scope.tenantId), isNotNull(documents.waitReason), isNull(documents.capId)),
    )
    .orderBy(asc(documents.needed))
    .limit(1);
  if (!document) return false;
  await notify(tx, scope, {
    kind: "run_unpaid",
    title: "Documents wait for credit",
    body: `The next passages of “${document.filename}” need ${amountOf(document.needed)}, which is not there. Documents go on by themselves when credit is added.`,
    href: documentHref(document.id),
    dedupeKey: `document_unpaid:${today()}`,
    to: { admins: true },
  });
  return true;
}
