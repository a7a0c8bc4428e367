import "server-only";
import { and, asc, eq, gt, isNotNull, isNull, sql } from "drizzle-orm";
import { asPlatform, asSystem, type Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { invoices } from "@/db/schema/invoices";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { log } from "@/lib/log";
import { renewDue } from "@/lib/subscriptions/renew";
import { cutsOfTenant } from "@/lib/tenants/holder";
import { type ClosedTenant, type Closer, closeTenant } from "../close";
import type { ClosePeriodInput } from "../input";
import { isClosable, type Period, parseMonth, periodsDue, periodsEndingIn } from "../period";
import { tryToIssue } from "./issue";

type Billed = { tenantId: string; anchor: Date | null; closedThrough: Date | null; cuts: Date[] };

const PAGE = 500;

/** Tenants in the order of their ids, with the day of their plan and up to where their usage is closed. */
async function listBilled(tx: Tx, after: string | null, tenantId?: string): Promise<Billed[]> {
  return tx
    .select({
      tenantId: tenants.id,
      anchor: subscriptions.anchorAt,
      closedThrough:
        // A draft of an older period was begun and left: it is closed first.
        sql<Date | null>`(select coalesce(max(i.period_end) filter (where i.finalized_at is not null), min(i.period_start))
        from ${invoices} i where i.tenant_id = ${tenants.id}
        and i.kind in ('period', 'statement') and i.status <> 'void')`.mapWith(invoices.periodEnd),
      cuts: cutsOfTenant,
    })
    .from(tenants)
    .leftJoin(
      subscriptions,
      and(
        eq(subscriptions.tenantId, tenants.id),
        isNull(subscriptions.endedAt),
        // A trial has no fee: its usage is billed by calendar months until it becomes a plan.
        isNotNull(subscriptions.planId),
      ),
    )
    .where(and(tenantId ? eq(tenants.id, tenantId) : undefined, after ? gt(tenants.id, after) : undefined))
    .orderBy(asc(tenants.id))
    .limit(PAGE);
}

const isNew = ({ outcome }: ClosedTenant) => outcome === "invoiced" || outcome === "statement";

/**
 * Closes what is due for each tenant, in turns: one that fails holds up nobody else.
 * @throws the first failure, when all others are done
 */
async function closeEach(
  closer: Closer,
  now: Date,
  dueOf: (tenant: Billed) => Period[],
  tenantId?: string,
): Promise<ClosedTenant[]> {
  const closed: ClosedTenant[] = [];
  const failures: unknown[] = [];
  for (let after: string | null = null; ; ) {
    const from: string | null = after;
    const page: Billed[] = await closer.open((tx) => listBilled(tx, from, tenantId));
    for (const tenant of page) {
      try {
        for (const period of dueOf(tenant)) {
          const outcome = await closeTenant(closer, tenant.tenantId, period, now);
          if (outcome.invoiceId && isNew(outcome)) await tryToIssue(outcome.invoiceId);
          closed.push(outcome);
        }
      } catch (error) {
        log.error({ error, tenantId: tenant.tenantId }, "a period could not be closed");
        failures.push(error);
      }
    }
    if (page.length < PAGE) break;
    after = page.at(-1)?.tenantId ?? null;
  }
  if (failures.length > 0) throw failures[0];
  return closed;
}

/**
 * Closes the period that ends in a month, for one tenant or for everybody: one document a tenant, and one more for each
 * time it came to another seller. Doing it twice makes no second one. Of everybody, those are told of for whom it made
 * one; of one tenant all, the newest first.
 * @throws AppError `invalid` while the month is not over; `not_found`
 */
export async function closePeriod(
  scope: PlatformScope,
  input: ClosePeriodInput,
  now = new Date(),
): Promise<ClosedTenant[]> {
  authorize(scope, "invoice.close_period");
  const month = parseMonth(input.month);
  if (!month) throw fieldError("month", "Give a month such as 2026-11.");
  if (!isClosable(month, now))
    throw fieldError("month", "This month is not over yet: it can be closed one hour after its end (UTC).");
  await renewDue(now);
  const closer: Closer = { by: scope, open: (work, options) => asPlatform(scope, work, options) };
  const closed = await closeEach(
    closer,
    now,
    ({ anchor, closedThrough, cuts }) => periodsEndingIn(anchor, closedThrough, month, cuts),
    input.tenantId,
  );
  if (!input.tenantId) return closed.filter(isNew);
  if (closed.length === 0) throw new AppError("not_found", "This workspace does not exist.");
  return closed.reverse();
}

const JOB: Closer = {
  by: { actor: { kind: "job", name: "close-periods" } },
  open: (work, options) => asSystem("close-periods", work, options),
};

/** Closes every period of every tenant that has been over for an hour, without a person. */
export async function closeDue(now: Date): Promise<ClosedTenant[]> {
  // The fee of the next month is on the document of the one that has ended.
  await renewDue(now);
  const closed = await closeEach(JOB, now, ({ anchor, closedThrough, cuts }) =>
    periodsDue(anchor, closedThrough, now, cuts),
  );
  return closed.filter(isNew);
}
