import "server-only";
import { and, asc, desc, eq, inArray, lt, notInArray, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { invoices } from "@/db/schema/invoices";
import { disputes, payments } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import type { ListDisputesInput } from "./admin-input";
import { ANSWERED_BY_US, OVER_STAGES } from "./dispute-stage";

const DISPUTE = {
  id: disputes.id,
  tenantId: disputes.tenantId,
  tenantName: tenants.name,
  invoiceId: payments.invoiceId,
  invoiceNumber: invoices.invoiceNumber,
  stripeDisputeId: disputes.stripeDisputeId,
  isLive: disputes.isLive,
  amountCents: disputes.amountCents,
  reason: disputes.reason,
  stage: disputes.stage,
  openedAt: disputes.openedAt,
  evidenceDueAt: disputes.evidenceDueAt,
  seenAt: disputes.seenAt,
} as const;

export type DisputeRow = {
  id: string;
  tenantId: string;
  tenantName: string;
  /** What was paid: an invoice, or credit where there is none. */
  invoiceId: string | null;
  invoiceNumber: string | null;
  stripeDisputeId: string;
  isLive: boolean;
  amountCents: bigint;
  reason: string | null;
  /** As Stripe calls it. */
  stage: string;
  openedAt: Date;
  /** By when evidence may be sent; null where the bank takes none, or, while `seenAt` is null, where it is not known. */
  evidenceDueAt: Date | null;
  seenAt: Date | null;
};

const isOver = inArray(disputes.stage, [...OVER_STAGES]);
const isOpen = notInArray(disputes.stage, [...OVER_STAGES]);
const isAwaited = inArray(disputes.stage, [...ANSWERED_BY_US]);

const rows = (tx: Tx) =>
  tx
    .select(DISPUTE)
    .from(disputes)
    .innerJoin(payments, and(eq(payments.tenantId, disputes.tenantId), eq(payments.id, disputes.paymentId)))
    .innerJoin(tenants, eq(tenants.id, disputes.tenantId))
    .leftJoin(invoices, and(eq(invoices.tenantId, payments.tenantId), eq(invoices.id, payments.invoiceId)));

/**
 * Disputes of all tenants. The open ones stand on the first page: those that wait for an answer first, the nearest
 * deadline before the others; at most 200. Those that are over follow by pages, the newest first.
 */
export async function listDisputes(
  scope: PlatformScope,
  { state, tenantId, cursor }: ListDisputesInput,
): Promise<{ open: DisputeRow[]; closed: Page<DisputeRow> }> {
  authorize(scope, "payment.read");
  const isTheirs = tenantId ? eq(disputes.tenantId, tenantId) : undefined;
  return asPlatform(scope, async (tx) => {
    const open =
      state === "closed" || cursor
        ? []
        : await rows(tx)
            .where(and(isOpen, isTheirs))
            .orderBy(desc(isAwaited), sql`${disputes.evidenceDueAt} asc nulls last`, asc(disputes.id))
            .limit(200);
    const closed =
      state === "open"
        ? []
        : await rows(tx)
            .where(and(isOver, isTheirs, cursor ? lt(disputes.id, cursor) : undefined))
            .orderBy(desc(disputes.id))
            .limit(PAGE_SIZE + 1);
    return { open, closed: toPage(closed, PAGE_SIZE) };
  });
}

export type OpenDisputes = {
  count: number;
  cents: bigint;
  /** How many of them wait for an answer, and until when the first can be given. */
  toAnswer: number;
  nextDueAt: Date | null;
};

/** What banks have asked back and not decided. */
export async function openDisputes(scope: PlatformScope): Promise<OpenDisputes> {
  authorize(scope, "payment.read");
  const [row] = await asPlatform(scope, (tx) =>
    tx
      .select({
        count: sql<number>`count(*)::int`,
        cents: sql<bigint>`coalesce(sum(${disputes.amountCents}), 0)`.mapWith(BigInt),
        toAnswer: sql<number>`count(*) filter (where ${isAwaited})::int`,
        nextDueAt: sql<Date | null>`min(${disputes.evidenceDueAt}) filter (where ${isAwaited})`.mapWith(
          disputes.evidenceDueAt,
        ),
      })
      .from(disputes)
      .where(isOpen),
  );
  return row ?? { count: 0, cents: 0n, toAnswer: 0, nextDueAt: null };
}
