import "server-only";
import { and, asc, count, eq, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { partnerMembers, partners, tenants } from "@/db/schema/auth";
import { tenantPartnerHistory as history } from "@/db/schema/partner-money";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { monthStart } from "@/lib/month-start";
import { marginsOnDays, sourceForAll, total } from "@/lib/usage/margins";

export type PartnerRow = {
  id: string;
  name: string;
  status: string;
  customers: number;
  /** Customers that are the platform's while it is suspended. */
  away: number;
  people: number;
  /** Since the first of the month (UTC): what its customers pay, and what of it is the partner's. */
  monthRevenue: string;
  monthCommission: string;
  createdAt: Date;
};

/** Partners by name, with this month's figures: sums of the ledger. */
async function read(tx: Tx, where?: SQL) {
  const all = sql`select ${tenants.id} as tenant_id from ${tenants}`;
  const source = await sourceForAll(tx, all);
  const money = sql`(select m.partner_id, ${total("tenant_cost")} as revenue, ${total("partner_commission")} as commission
    from (${marginsOnDays(all, { start: monthStart }, source)}) m group by m.partner_id) money`;
  const customers = tx
    .select({ partnerId: tenants.partnerId, all: count().as("customers") })
    .from(tenants)
    .groupBy(tenants.partnerId)
    .as("customers");
  const away = tx
    .select({ partnerId: history.returnsTo, all: count().as("away") })
    .from(history)
    .where(and(isNotNull(history.returnsTo), isNull(history.effectiveTo)))
    .groupBy(history.returnsTo)
    .as("away");
  const people = tx
    .select({ partnerId: partnerMembers.partnerId, all: count().as("people") })
    .from(partnerMembers)
    .groupBy(partnerMembers.partnerId)
    .as("people");
  return tx
    .select({
      id: partners.id,
      name: partners.name,
      status: partners.status,
      suspendedAt: partners.suspendedAt,
      suspendedReason: partners.suspendedReason,
      customers: sql<number>`coalesce(${customers.all}, 0)::int`,
      away: sql<number>`coalesce(${away.all}, 0)::int`,
      people: sql<number>`coalesce(${people.all}, 0)::int`,
      monthRevenue: sql<string>`coalesce(money.revenue, 0)::numeric(18,6)`,
      monthCommission: sql<string>`coalesce(money.commission, 0)::numeric(18,6)`,
      createdAt: partners.createdAt,
    })
    .from(partners)
    .leftJoin(money, sql`money.partner_id = ${partners.id}`)
    .leftJoin(customers, eq(customers.partnerId, partners.id))
    .leftJoin(away, eq(away.partnerId, partners.id))
    .leftJoin(people, eq(people.partnerId, partners.id))
    .where(where)
    .orderBy(partners.name);
}

/** All partners by name. */
export async function listPartners(scope: PlatformScope): Promise<PartnerRow[]> {
  authorize(scope, "partner.read");
  return asPlatform(scope, (tx) => read(tx));
}

const SHOWN_CUSTOMERS = 100;

export type PartnerDetail = PartnerRow & {
  suspendedAt: Date | null;
  suspendedReason: string | null;
  /** Its customers and those that are the platform's meanwhile, by name, a hundred at most. `since` null: from the beginning. */
  held: { tenantId: string; name: string; since: Date | null; isAway: boolean }[];
};

/** One partner, and whom it sells to. @throws AppError `not_found` */
export async function getPartner(scope: PlatformScope, partnerId: string): Promise<PartnerDetail> {
  authorize(scope, "partner.read");
  if (!isId(partnerId)) throw new AppError("not_found", "This partner does not exist.");
  return asPlatform(scope, async (tx) => {
    const [partner] = await read(tx, eq(partners.id, partnerId));
    if (!partner) throw new AppError("not_found", "This partner does not exist.");
    const held = await tx
      .select({
        tenantId: tenants.id,
        name: tenants.name,
        since: history.effectiveFrom,
        isAway: sql<boolean>`${history.returnsTo} is not null`,
      })
      .from(history)
      .innerJoin(tenants, eq(tenants.id, history.tenantId))
      .where(
        and(
          isNull(history.effectiveTo),
          sql`coalesce(${history.partnerId}, ${history.returnsTo}) = ${partnerId}::uuid`,
        ),
      )
      .orderBy(asc(tenants.name))
      .limit(SHOWN_CUSTOMERS);
    return { ...partner, held };
  });
}

/** Active partners by name, for a choice. */
export async function listPartnerNames(scope: PlatformScope): Promise<{ id: string; name: string }[]> {
  authorize(scope, "partner.read");
  return asPlatform(scope, (tx) =>
    tx
      .select({ id: partners.id, name: partners.name })
      .from(partners)
      .where(eq(partners.status, "active"))
      .orderBy(asc(partners.name)),
  );
}

export type Holding = {
  /** Null: the platform itself. */
  partnerName: string | null;
  from: Date | null;
  to: Date | null;
  /** The suspended partner to whom it goes back. */
  returnsTo: string | null;
};

/** Who has held a workspace, the newest first. */
export async function listHoldings(scope: PlatformScope, tenantId: string): Promise<Holding[]> {
  authorize(scope, "tenant.read");
  return asPlatform(scope, (tx) =>
    tx
      .select({
        partnerName: partners.name,
        from: history.effectiveFrom,
        to: history.effectiveTo,
        returnsTo: sql<
          string | null
        >`(select back.name from partners back where back.id = ${history.returnsTo})`,
      })
      .from(history)
      .leftJoin(partners, eq(partners.id, history.partnerId))
      .where(eq(history.tenantId, tenantId))
      .orderBy(sql`${history.effectiveFrom} desc nulls last`)
      .limit(50),
  );
}
