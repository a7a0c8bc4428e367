import "server-only";
import { and, asc, eq, gt, lte, or, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { asSystem } from "@/db/access";
import { notifications } from "@/db/schema/notifications";
import { plans, subscriptionChanges, subscriptions } from "@/db/schema/plans";
import { databaseTime } from "@/lib/clock";
import { dayInWords } from "@/lib/day";
import { TELL_PAGE, type Told, tellAll } from "@/lib/notifications/tell-admins";
import { CYCLE_UNITS, cycleOf } from "@/lib/plans/cycles";
import { TRIAL_END } from "./store";

const PLANS = { job: "plan-notices", kind: "plan_changed" } as const;

/** Where the notices lead. */
const HREF = "/app/billing/plan";

/**
 * Tells admins that a trial is about to end or is over, that another plan or cycle has begun, and that a plan has ended:
 * what happens by itself, without anybody at the page. @returns how many notices there were
 */
export async function tellPlans(): Promise<number> {
  return (await tellAll(PLANS, endingTrials)) + (await tellAll(PLANS, changes));
}

/** Who was not told of it in the console; who wants it by mail alone is found again, and told once. */
function isUntold(tenantId: typeof subscriptions.tenantId | typeof subscriptionChanges.tenantId, key: SQL) {
  return sql`not exists (select from ${notifications} n where n.tenant_id = ${tenantId} and n.dedupe_key = ${key})`;
}

/** Of credit, or by invoice where a workspace pays afterwards. */
const GOING_ON = "Without a plan, what you use is paid at its prices.";

/** Trials of which three days are left or fewer. */
async function endingTrials(after: string | null): Promise<Told[]> {
  const rows = await asSystem(PLANS.job, (tx) =>
    tx
      .select({ id: subscriptions.id, tenantId: subscriptions.tenantId, endsAt: subscriptions.trialEndsAt })
      .from(subscriptions)
      .where(
        and(
          eq(subscriptions.status, "trialing"),
          gt(subscriptions.trialEndsAt, databaseTime()),
          lte(subscriptions.trialEndsAt, sql`${databaseTime()} + interval '3 days'`),
          isUntold(subscriptions.tenantId, sql`'trial_ends:' || ${subscriptions.id}`),
          after ? gt(subscriptions.id, after) : undefined,
        ),
      )
      .orderBy(asc(subscriptions.id))
      .limit(TELL_PAGE),
  );
  return rows.flatMap(({ id, tenantId, endsAt }) =>
    endsAt
      ? {
          id,
          tenantId,
          title: `Your trial ends on ${dayInWords(endsAt)}`,
          body: `Choose a plan until then: what is left of your trial credit stays until then as well. ${GOING_ON}`,
          href: HREF,
          dedupeKey: `trial_ends:${id}`,
        }
      : [],
  );
}

/** The same words as those of the index. */
const isOther = sql`(${subscriptionChanges.kind} = 'end' or ${subscriptionChanges.kind} = 'renew' and (${subscriptionChanges.fromPlan} <> ${subscriptionChanges.toPlan} or ${subscriptionChanges.fromCycle} <> ${subscriptionChanges.toCycle}))`;

/** What time did, by its keys; who ends a plan on the page knows it. */
const isByTime = or(
  eq(subscriptionChanges.kind, "renew"),
  eq(subscriptionChanges.key, TRIAL_END),
  sql`${subscriptionChanges.key} like 'end:%'`,
);

const before = alias(plans, "before");
const now = alias(plans, "now_held");

/** Changes of the last three days: whose server was away for longer sees them on the page. */
async function changes(after: string | null): Promise<Told[]> {
  const rows = await asSystem(PLANS.job, (tx) =>
    tx
      .select({
        id: subscriptionChanges.id,
        tenantId: subscriptionChanges.tenantId,
        key: subscriptionChanges.key,
        kind: subscriptionChanges.kind,
        at: subscriptionChanges.at,
        from: before.name,
        to: now.name,
        toCycle: subscriptionChanges.toCycle,
      })
      .from(subscriptionChanges)
      .leftJoin(before, eq(before.key, subscriptionChanges.fromPlan))
      .leftJoin(now, eq(now.key, subscriptionChanges.toPlan))
      .where(
        and(
          isOther,
          isByTime,
          gt(subscriptionChanges.at, sql`${databaseTime()} - interval '3 days'`),
          isUntold(subscriptionChanges.tenantId, sql`'plan:' || ${subscriptionChanges.id}`),
          after ? gt(subscriptionChanges.id, after) : undefined,
        ),
      )
      .orderBy(asc(subscriptionChanges.id))
      .limit(TELL_PAGE),
  );
  return rows.map(({ id, tenantId, ...change }) => ({
    id,
    tenantId,
    ...words(change),
    href: HREF,
    dedupeKey: `plan:${id}`,
  }));
}

type Change = {
  readonly key: string;
  readonly kind: string;
  readonly at: Date;
  /** The names of the plans; null where there is none, or none any more. */
  readonly from: string | null;
  readonly to: string | null;
  readonly toCycle: string | null;
};

function words({ key, kind, at, from, to, toCycle }: Change): Pick<Told, "title" | "body"> {
  if (key === TRIAL_END)
    return {
      title: "Your trial is over",
      body: `What was left of its credit has ended with it. ${GOING_ON} You can choose a plan at any time.`,
    };
  if (kind === "end")
    return {
      title: `Your plan ${from ?? ""} has ended`.replace("  ", " "),
      body: `It ended on ${dayInWords(at)}, and what it included with it. ${GOING_ON} You can choose another at any time.`,
    };
  const paid = `paid by the ${CYCLE_UNITS[cycleOf(toCycle)]}`;
  return from === to
    ? { title: `Your plan ${to ?? ""} is ${paid} now`, body: `As you asked, since ${dayInWords(at)}.` }
    : {
        title: `Your plan is ${to ?? "another one"} now`,
        body: `As you asked, it took the place of ${from ?? "the one before"} on ${dayInWords(at)}. It is ${paid}.`,
      };
}
