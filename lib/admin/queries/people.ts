import "server-only";
import { and, count, desc, eq, ilike, lt, or, sql } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { partnerMembers, partners, tenants, users } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { containing } from "@/lib/like";
import { monthStart } from "@/lib/month-start";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import type { ListUsersInput } from "../input";

export type UserRow = {
  id: string;
  email: string;
  fullName: string;
  role: string;
  isActive: boolean;
  isVerified: boolean;
  tenantId: string;
  tenantName: string;
  createdAt: Date;
};

/** Everybody, newest first, found by name, e-mail or workspace. */
export async function listUsers(scope: PlatformScope, input: ListUsersInput): Promise<Page<UserRow>> {
  authorize(scope, "user.read");
  const text = input.q ? containing(input.q) : null;
  const rows = await asPlatform(scope, (tx) =>
    tx
      .select({
        id: users.id,
        email: users.email,
        fullName: users.fullName,
        role: sql<string>`coalesce(${users.role}, 'user')`,
        isActive: sql<boolean>`coalesce(${users.isActive}, false)`,
        isVerified: sql<boolean>`coalesce(${users.isVerified}, false)`,
        tenantId: tenants.id,
        tenantName: tenants.name,
        createdAt: users.createdAt,
      })
      .from(users)
      .innerJoin(tenants, eq(tenants.id, users.tenantId))
      .where(
        and(
          text
            ? or(ilike(users.email, text), ilike(users.fullName, text), ilike(tenants.name, text))
            : undefined,
          input.role ? eq(users.role, input.role) : undefined,
          input.state === "active" ? eq(users.isActive, true) : undefined,
          input.state === "inactive" ? eq(users.isActive, false) : undefined,
          input.state === "unverified" ? eq(users.isVerified, false) : undefined,
          input.tenantId ? eq(users.tenantId, input.tenantId) : undefined,
          input.cursor ? lt(users.id, input.cursor) : undefined,
        ),
      )
      .orderBy(desc(users.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(rows, PAGE_SIZE);
}

export type PartnerRow = {
  id: string;
  name: string;
  status: string;
  customers: number;
  people: number;
  /** Since the first of the month (UTC): what its customers pay, and what of it is the partner's. */
  monthRevenue: string;
  monthCommission: string;
  createdAt: Date;
};

/** All partners by name, with this month's figures from the ledger. */
export async function listPartners(scope: PlatformScope): Promise<PartnerRow[]> {
  authorize(scope, "partner.read");
  return asPlatform(scope, async (tx) => {
    const money = tx
      .select({
        partnerId: ledgerEntries.partnerId,
        revenue: sql<string>`sum(${ledgerEntries.tenantCost})`.as("revenue"),
        commission: sql<string>`sum(${ledgerEntries.partnerCommission})`.as("commission"),
      })
      .from(ledgerEntries)
      .where(sql`${ledgerEntries.occurredAt} >= ${monthStart}`)
      .groupBy(ledgerEntries.partnerId)
      .as("money");
    const customers = tx
      .select({ partnerId: tenants.partnerId, all: count().as("customers") })
      .from(tenants)
      .groupBy(tenants.partnerId)
      .as("customers");
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
        customers: sql<number>`coalesce(${customers.all}, 0)::int`,
        people: sql<number>`coalesce(${people.all}, 0)::int`,
        monthRevenue: sql<string>`coalesce(${money.revenue}, 0)::numeric(18,6)`,
        monthCommission: sql<string>`coalesce(${money.commission}, 0)::numeric(18,6)`,
        createdAt: partners.createdAt,
      })
      .from(partners)
      .leftJoin(money, eq(money.partnerId, partners.id))
      .leftJoin(customers, eq(customers.partnerId, partners.id))
      .leftJoin(people, eq(people.partnerId, partners.id))
      .orderBy(partners.name);
  });
}
