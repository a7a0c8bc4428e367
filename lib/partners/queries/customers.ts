import "server-only";
import { and, desc, eq, ilike, lt, sql } from "drizzle-orm";
import { asPartner } from "@/db/access";
import { tenants, users } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import { subscriptions } from "@/db/schema/plans";
import type { PartnerScope } from "@/db/scope";
import { adminsOf, findOpenInvitations, type Invitation } from "@/lib/accounts/open-invitations";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { STAGE_OF } from "@/lib/dunning/schedule";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { containing } from "@/lib/like";
import { centsToMicros } from "@/lib/money";
import { monthStart } from "@/lib/month-start";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import { readPlanNames } from "@/lib/plans/names";
import { marginsOnDays, total } from "@/lib/usage/margins";
import { type CustomerFacts, type CustomerState, statesOf } from "../customer-states";
import type { ListCustomersInput } from "../input";
import { dollars, requireCustomer } from "../store";

export type CustomerRow = {
  id: string;
  name: string;
  status: string;
  /** How it stands, the worst first, with the reasons. */
  states: CustomerState[];
  people: number;
  monthRevenue: string;
  monthCommission: string;
  createdAt: Date;
};

// A query of one table names its columns without the table, so what is inside these is written out.
const monthSum = (column: "tenant_cost" | "partner_commission") =>
  sql<string>`(select ${total(column)} from (${marginsOnDays(sql`select tenants.id as tenant_id`, { start: monthStart })}) m)`;

const CUSTOMER = {
  id: tenants.id,
  name: tenants.name,
  status: sql<string>`coalesce(${tenants.status}, 'active')`,
  suspendedReason: tenants.suspendedReason,
  suspendedBy: tenants.suspendedBy,
  startsBlockedReason: sql<string | null>`(select case when sub.starts_blocked_at is not null
    then coalesce(sub.starts_blocked_reason, 'An invoice is not paid.') end
    from subscriptions sub where sub.tenant_id = tenants.id and sub.ended_at is null)`,
  trialEndsAt: sql<Date | null>`(select case when sub.status = 'trialing' then sub.trial_ends_at end
    from subscriptions sub where sub.tenant_id = tenants.id and sub.ended_at is null)`.mapWith(
    tenants.createdAt,
  ),
  // A partner is told of what is overdue from the second day on.
  overdue: sql<OverdueRow | null>`(select case when max(owed.dunning_stage) >= ${STAGE_OF.partner_told} then jsonb_build_object(
      'number', (array_agg(owed.invoice_number order by owed.due_date, owed.id))[1], 'since', min(owed.due_date), 'count', count(*),
      'cents', sum(owed.subtotal_cents + owed.tax_cents - owed.paid_cents - owed.credited_cents)::text) end
    from invoices owed where owed.tenant_id = tenants.id and owed.status in ('overdue', 'uncollectible'))`,
  people: sql<number>`(select count(*)::int from users person where person.tenant_id = tenants.id)`,
  monthRevenue: monthSum("tenant_cost"),
  monthCommission: monthSum("partner_commission"),
  createdAt: tenants.createdAt,
} as const;

type OverdueRow = { number: string; since: string; count: number; cents: string };

type Read = Omit<CustomerRow, "states"> & Omit<CustomerFacts, "overdue"> & { overdue: OverdueRow | null };

function rowOf({
  overdue,
  status,
  suspendedReason,
  suspendedBy,
  startsBlockedReason,
  trialEndsAt,
  ...row
}: Read) {
  const facts = {
    status,
    suspendedReason,
    suspendedBy,
    startsBlockedReason,
    trialEndsAt,
    overdue: overdue && {
      number: overdue.number,
      since: new Date(overdue.since),
      count: overdue.count,
      dueMicros: centsToMicros(BigInt(overdue.cents)),
    },
  };
  return { ...row, status, states: statesOf(facts, currentTime()) };
}

/** The partner's customers, newest first, with this month's money (UTC). */
export async function listCustomers(
  scope: PartnerScope,
  input: ListCustomersInput,
): Promise<Page<CustomerRow>> {
  authorize(scope, "customer.read");
  const rows = await asPartner(scope, (tx) =>
    tx
      .select(CUSTOMER)
      .from(tenants)
      .where(
        and(
          eq(tenants.partnerId, scope.partnerId),
          input.q ? ilike(tenants.name, containing(input.q)) : undefined,
          input.status ? eq(tenants.status, input.status) : undefined,
          input.cursor ? lt(tenants.id, input.cursor) : undefined,
        ),
      )
      .orderBy(desc(tenants.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(rows.map(rowOf), PAGE_SIZE);
}

export type CustomerDetail = CustomerRow & {
  planName: string | null;
  team: { id: string; fullName: string; email: string; role: string; isActive: boolean }[];
  usage: {
    resourceType: string;
    modelKey: string | null;
    unit: string;
    quantity: string;
    platformCost: string;
    tenantCost: string;
    commission: string;
  }[];
};

/** One customer: its people, and what it used this month at both prices. @throws AppError `not_found` */
export async function getCustomer(scope: PartnerScope, tenantId: string): Promise<CustomerDetail> {
  authorize(scope, "customer.read");
  if (!isId(tenantId)) throw new AppError("not_found", "This customer does not exist.");
  return asPartner(scope, async (tx) => {
    const [customer] = await tx
      .select(CUSTOMER)
      .from(tenants)
      .where(and(eq(tenants.id, tenantId), eq(tenants.partnerId, scope.partnerId)));
    if (!customer) throw new AppError("not_found", "This customer does not exist.");
    const team = await tx
      .select({
        id: users.id,
        fullName: users.fullName,
        email: users.email,
        role: sql<string>`coalesce(${users.role}, 'user')`,
        isActive: sql<boolean>`coalesce(${users.isActive}, false)`,
      })
      .from(users)
      .where(eq(users.tenantId, tenantId))
      .orderBy(users.fullName);
    const usage = await tx
      .select({
        resourceType: ledgerEntries.resourceType,
        modelKey: ledgerEntries.modelKey,
        unit: ledgerEntries.unit,
        quantity: dollars(ledgerEntries.quantity),
        platformCost: dollars(ledgerEntries.platformCost),
        tenantCost: dollars(ledgerEntries.tenantCost),
        commission: dollars(ledgerEntries.partnerCommission),
      })
      .from(ledgerEntries)
      .where(and(eq(ledgerEntries.tenantId, tenantId), sql`${ledgerEntries.occurredAt} >= ${monthStart}`))
      .groupBy(ledgerEntries.resourceType, ledgerEntries.modelKey, ledgerEntries.unit)
      .orderBy(desc(sql`sum(${ledgerEntries.tenantCost})`));
    const [plan] = await tx
      .select({ key: subscriptions.planName })
      .from(subscriptions)
      .where(eq(subscriptions.tenantId, tenantId))
      .orderBy(desc(subscriptions.id))
      .limit(1);
    const planName = plan ? ((await readPlanNames(tx))[plan.key] ?? plan.key) : null;
    return { ...rowOf(customer), planName, team, usage };
  });
}

/** Invitations of a customer's admins that can still be accepted, newest first. @throws AppError `not_found` */
export async function listCustomerInvitations(scope: PartnerScope, tenantId: string): Promise<Invitation[]> {
  authorize(scope, "customer.invite");
  await asPartner(scope, (tx) => requireCustomer(tx, scope, tenantId));
  return findOpenInvitations(adminsOf(tenantId));
}
