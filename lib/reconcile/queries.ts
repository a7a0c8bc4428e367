import "server-only";
import { and, count, desc, eq, lt } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { users } from "@/db/schema/auth";
import { reconciliationFindings, reconciliationRuns } from "@/db/schema/reconciliation";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import type { Detail } from "./check";
import type { CheckResult } from "./run";

export type RunView = {
  id: string;
  trigger: string;
  startedAt: Date;
  finishedAt: Date | null;
  startedBy: string | null;
  results: Record<string, CheckResult>;
};

/** The last runs, newest first. */
export async function listRuns(scope: PlatformScope, limit = 10): Promise<RunView[]> {
  authorize(scope, "reconcile.read");
  const rows = await asPlatform(scope, (tx) =>
    tx
      .select({
        id: reconciliationRuns.id,
        trigger: reconciliationRuns.trigger,
        startedAt: reconciliationRuns.startedAt,
        finishedAt: reconciliationRuns.finishedAt,
        startedBy: users.fullName,
        results: reconciliationRuns.results,
      })
      .from(reconciliationRuns)
      .leftJoin(users, eq(users.id, reconciliationRuns.startedBy))
      .orderBy(desc(reconciliationRuns.id))
      .limit(limit),
  );
  return rows.map((row) => ({ ...row, results: row.results as Record<string, CheckResult> }));
}

export type FindingView = {
  id: string;
  checkId: string;
  subject: string;
  detail: Detail;
  status: string;
  createdAt: Date;
  lastSeenAt: Date;
  decidedBy: string | null;
  decidedAt: Date | null;
  decisionNote: string | null;
};

/** Findings of one state, newest first; without one, all of them. */
export async function listFindings(
  scope: PlatformScope,
  { status, cursor }: { status?: string | undefined; cursor?: string | undefined },
): Promise<Page<FindingView>> {
  authorize(scope, "reconcile.read");
  const f = reconciliationFindings;
  const rows = await asPlatform(scope, (tx) =>
    tx
      .select({
        id: f.id,
        checkId: f.checkId,
        subject: f.subject,
        detail: f.detail,
        status: f.status,
        createdAt: f.createdAt,
        lastSeenAt: f.lastSeenAt,
        decidedBy: users.fullName,
        decidedAt: f.decidedAt,
        decisionNote: f.decisionNote,
      })
      .from(f)
      .leftJoin(users, eq(users.id, f.decidedBy))
      .where(and(status ? eq(f.status, status) : undefined, cursor ? lt(f.id, cursor) : undefined))
      .orderBy(desc(f.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(
    rows.map((row) => ({ ...row, detail: row.detail as Detail })),
    PAGE_SIZE,
  );
}

/** How many findings wait for somebody's decision. */
export async function countOpenFindings(scope: PlatformScope): Promise<number> {
  authorize(scope, "reconcile.read");
  const [row] = await asPlatform(scope, (tx) =>
    tx
      .select({ open: count() })
      .from(reconciliationFindings)
      .where(eq(reconciliationFindings.status, "open")),
  );
  return row?.open ?? 0;
}
