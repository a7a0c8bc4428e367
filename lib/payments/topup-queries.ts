import "server-only";
import { and, desc, eq, lt, type SQL } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { payments, topups } from "@/db/schema/payments";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import { creditReference } from "./credit-reference";

/** Credit that was bought, or that somebody began to buy. */
export type TopupView = {
  id: string;
  /** manual | auto */
  kind: string;
  status: string;
  /** The credit, in dollars. */
  amount: string;
  taxCents: bigint;
  /** What is paid for it, its tax included. */
  totalCents: bigint;
  createdAt: Date;
  /** Whether nothing is left to do but to pay it: Stripe knows of it, or it is paid by transfer. */
  isBegun: boolean;
  /** Whether somebody can pay it now. */
  isOpen: boolean;
  /** What a bank transfer for it says; null where it is paid by card. */
  reference: string | null;
};

async function readTopups(tx: Tx, { tenantId }: TenantScope, which: SQL | undefined, limit: number) {
  const rows = await tx
    .select({
      id: topups.id,
      kind: topups.kind,
      status: topups.status,
      amount: topups.amount,
      taxCents: topups.taxCents,
      totalCents: topups.totalCents,
      createdAt: topups.createdAt,
      method: payments.method,
      intentId: payments.stripePaymentIntentId,
    })
    .from(topups)
    .leftJoin(payments, and(eq(payments.tenantId, topups.tenantId), eq(payments.topupId, topups.id)))
    .where(and(eq(topups.tenantId, tenantId), which))
    .orderBy(desc(topups.id))
    .limit(limit);
  return rows.map(({ method, intentId, ...topup }): TopupView => {
    const isByCard = method === null || method === "card";
    return {
      ...topup,
      isBegun: !isByCard || intentId !== null,
      isOpen: topup.kind === "manual" && topup.status === "pending",
      reference: isByCard ? null : creditReference(topup.id),
    };
  });
}

/** What was bought, the newest first. */
export async function listTopups(
  scope: TenantScope,
  { cursor, limit = PAGE_SIZE }: { cursor?: string | undefined; limit?: number } = {},
): Promise<Page<TopupView>> {
  authorize(scope, "billing.read");
  const before = cursor ? lt(topups.id, cursor) : undefined;
  return toPage(await asTenant(scope, (tx) => readTopups(tx, scope, before, limit + 1)), limit);
}

/** One top-up. @throws AppError `not_found` */
export async function getTopup(scope: TenantScope, topupId: string): Promise<TopupView> {
  authorize(scope, "billing.read");
  if (!isId(topupId)) throw topupNotFound();
  const [row] = await asTenant(scope, (tx) => readTopups(tx, scope, eq(topups.id, topupId), 1));
  if (!row) throw topupNotFound();
  return row;
}

/** What was begun by a click; null when nothing was. */
export async function findTopupOf(scope: TenantScope, requestKey: string): Promise<TopupView | null> {
  authorize(scope, "billing.pay");
  const [row] = await asTenant(scope, (tx) => readTopups(tx, scope, eq(topups.requestKey, requestKey), 1));
  return row ?? null;
}

export function topupNotFound(): AppError {
  return new AppError("not_found", "This top-up does not exist.");
}
