import "server-only";
import { and, desc, eq, gt, isNotNull, isNull, lt, type Placeholder, type SQL, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { advisoryLock } from "@/db/advisory-lock";
import { isAmong, madeOnce } from "@/db/made-once";
import { executions } from "@/db/schema/ai";
import { tenants } from "@/db/schema/auth";
import { planLimits } from "@/db/schema/config";
import { subscriptions } from "@/db/schema/plans";
import type { TenantScope } from "@/db/scope";
import { type Statement, together } from "@/db/statements";
import { worksHere } from "@/inngest/embedded";
import { authorize } from "@/lib/auth/authorize";
import { currentTime, databaseTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { notify } from "@/lib/notifications/notify";
import { begunWhere } from "./begun";
import { storeRequests } from "./dispatch";
import { type FollowUps, followUp, newFollowUps } from "./follow-up";
import { DEFAULT_LIMITS, type RunLimits } from "./limits";

const GIVEN_TENANT = sql.placeholder("tenantId");

function selectGranted(tx: Tx) {
  const { maxRunning, maxQueued, startsPerMinute } = subscriptions;
  return tx
    .select({
      maxRunning: sql<number | null>`coalesce(${maxRunning}, ${planLimits.maxRunning})`.as("running"),
      maxQueued: sql<number | null>`coalesce(${maxQueued}, ${planLimits.maxQueued})`.as("queued"),
      startsPerMinute: sql<number | null>`coalesce(${startsPerMinute}, ${planLimits.startsPerMinute})`.as(
        "starts",
      ),
      blockedReason: sql<string | null>`case when ${subscriptions.startsBlockedAt} is not null
        then coalesce(${subscriptions.startsBlockedReason}, 'An invoice is not paid.') end`.as("blocked"),
    })
    .from(subscriptions)
    .leftJoin(planLimits, eq(planLimits.planName, subscriptions.planName))
    .where(eq(subscriptions.tenantId, GIVEN_TENANT))
    .orderBy(desc(subscriptions.createdAt))
    .limit(1);
}

const readGranted = madeOnce<{ tenantId: string }, Granted[]>(selectGranted);

/**
 * What a tenant's newest subscription says of its limits, or its plan, and why nothing new may start; no row, or null, is
 * the default.
 */
export function grantedLimits(tx: Tx, { tenantId }: TenantScope): Statement<Granted[]> {
  return readGranted(tx, { tenantId });
}

type Granted = { readonly [K in keyof RunLimits]: RunLimits[K] | null } & {
  readonly blockedReason: string | null;
};

/**
 * Refuses a start while the workspace owes for an invoice; what runs already goes on.
 * @throws AppError `precondition`, reason `starts_blocked`
 */
export function assertStartsOpen(granted: Granted | undefined): void {
  if (!granted?.blockedReason) return;
  const message = `New runs do not start: ${lowerFirst(granted.blockedReason)} They start again at once when it is paid, under Billing.`;
  throw new AppError("precondition", message, { reason: "starts_blocked" });
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** The limits that hold where these are granted. */
export function effectiveLimits(granted: Granted | undefined): RunLimits {
  return {
    maxRunning: granted?.maxRunning ?? DEFAULT_LIMITS.maxRunning,
    maxQueued: granted?.maxQueued ?? DEFAULT_LIMITS.maxQueued,
    startsPerMinute: granted?.startsPerMinute ?? DEFAULT_LIMITS.startsPerMinute,
  };
}

/** The limits of a tenant: its subscription's own, else its plan's, else the default. */
export async function limitsOf(tx: Tx, scope: TenantScope): Promise<RunLimits> {
  const [granted] = await grantedLimits(tx, scope).execute();
  return effectiveLimits(granted);
}

// Statuses stand in the text of what every start and end asks: with values in their places a plan that is kept could not go
// by the indexes of such runs, and PostgreSQL would make another each time.
const isAtWork = sql`${executions.status} in ('pending', 'running')`;
const isPending = sql`${executions.status} = 'pending'`;

/** A run that somebody started, as opposed to a part of one. */
const isWhole = isNull(executions.rootExecutionId);

function running(tenantId: string | Placeholder) {
  return and(eq(executions.tenantId, tenantId), isWhole, isNotNull(executions.admittedAt), isAtWork);
}

/** Runs that wait in line. */
export function queued(tenantId: string | Placeholder) {
  return and(eq(executions.tenantId, tenantId), isWhole, isNull(executions.admittedAt), isPending);
}

/** Runs that were started within the last minute. */
export function startedLately(tenantId: string) {
  const since = sql`now() - interval '1 minute'`;
  return and(eq(executions.tenantId, tenantId), isWhole, gt(executions.createdAt, since));
}

/** How many runs there are of these. */
export async function countRuns(tx: Tx, where: ReturnType<typeof queued>): Promise<number> {
  const [row] = await tx.select({ runs: sql<number>`count(*)::int` }).from(executions).where(where);
  return row?.runs ?? 0;
}

/** The statement that holds the tenant's place in line until the transaction ends. */
export function placeInLine(tx: Tx, { tenantId }: Pick<TenantScope, "tenantId">) {
  return advisoryLock(tx, `admission:${tenantId}`);
}

/**
 * Admits what waits for room, oldest first, until the tenant's limit is reached; of a suspended tenant nothing that has not
 * begun. To be called in the transaction that queues a run or ends one, as late in it as possible: it holds the tenant's
 * place in line until the commit, which is what keeps the limit exact.
 */
export async function admitQueued(tx: Tx, scope: TenantScope, ups: FollowUps): Promise<void> {
  await admission(tx, scope, ups).execute();
}

/**
 * The same, to be sent together with other statements. Where the engine works in this process, it is told in the same
 * transaction of those that start.
 * @param beginningId a run that begins as soon as it is admitted: it is under way with the same write
 */
export function admission(
  tx: Tx,
  { tenantId }: TenantScope,
  ups: FollowUps,
  { beginningId = null, isTold = worksHere() }: { beginningId?: string | null; isTold?: boolean } = {},
): Statement<void> {
  // A statement of its own: the other one has to see what whoever held the place before has committed.
  const inLine = placeInLine(tx, { tenantId });
  const execute = async () => {
    const [, admitted] = await together(tx, [inLine, admit(tx, { tenantId, beginningId, isTold })]);
    for (const { id, isStart } of admitted)
      (isStart ? (isTold ? ups.stored : ups.starts) : ups.continues).add(id);
  };
  return { execute };
}

type AdmitValues = { tenantId: string; beginningId: string | null; isTold: boolean };

const admit = madeOnce<AdmitValues, { id: string; isStart: boolean }[]>((tx) => {
  const granted = selectGranted(tx).as("granted");
  const most = sql`coalesce((select ${granted.maxRunning} from ${granted}), ${DEFAULT_LIMITS.maxRunning}::int)`;
  const room = sql`greatest(0, ${most} - (select count(*)::int from ${executions} where ${running(GIVEN_TENANT)}))`;
  // In a suspended workspace what has begun stops before its next step, and what has not stays where it is.
  const isOpen = sql`(select ${tenants.status} = 'active' from ${tenants} where ${tenants.id} = ${GIVEN_TENANT})`;
  const mayGoOn = sql`(${executions.startedAt} is not null or coalesce(${isOpen}, true))`;
  const next = sql`select ${executions.id} from ${executions} where ${queued(GIVEN_TENANT)} and ${mayGoOn} order by ${executions.id} limit ${room}`;
  const isBeginning = sql`${executions.id} = ${sql.placeholder("beginningId")}::uuid`;
  const isTold = sql`${sql.placeholder("isTold")}::boolean`;
  const isStart = sql`(${isBeginning} or ${executions.startedAt} is null)`;
  const admitted = tx.$with("admitted").as(
    tx
      .update(executions)
      .set({
        ...begunWhere(isBeginning),
        dispatchedAt: sql`case when ${isTold} and ${isStart} then now() else ${executions.dispatchedAt} end`,
        admittedAt: databaseTime(),
        updatedAt: sql`now()`,
      })
      .where(and(eq(executions.tenantId, GIVEN_TENANT), isAmong(executions.id, next)))
      .returning({ id: executions.id, isStart: sql<boolean>`${isStart}`.as("is_start") }),
  );
  const started = sql`select ${admitted.id} from ${admitted} where ${admitted.isStart}`;
  const stored = sql`case when ${isTold} then ${storeRequests(started)} end`;
  return tx.with(admitted).select({ id: admitted.id, isStart: admitted.isStart, stored }).from(admitted);
});

/** Admits what waits for room: what a lost process left in line. */
export async function admitWaiting(scope: TenantScope): Promise<void> {
  authorize(scope, "run.work");
  const ups = await asWorker(scope, async (tx) => {
    const found = newFollowUps();
    await admitQueued(tx, scope, found);
    return found;
  });
  await followUp(scope, ups);
}

/** After so long a program may look again whether a full line has room. */
const FULL_LINE_MS = 60_000;

/**
 * Refuses a new run that has been put in line where there is no place left for it.
 * @param ups what was admitted
 * @throws AppError `rate_limited`, reasons `queue_full`, `start_rate`
 */
export async function assertRoom(
  tx: Tx,
  scope: TenantScope,
  { executionId, limits }: { executionId: string; limits: RunLimits },
  ups: FollowUps,
): Promise<void> {
  const { maxQueued } = limits;
  const isAdmitted = ups.stored.has(executionId) || ups.starts.has(executionId);
  if (!isAdmitted && (await hasMoreThan(tx, queued(scope.tenantId), maxQueued))) {
    const message = `${maxQueued.toLocaleString("en-US")} runs are waiting already, which is the most your plan allows. Start it again when some have ended.`;
    // Whoever called tries it again: nothing here does, which would wait at the end of the same line.
    const again = { retryable: false, retryAfterMs: FULL_LINE_MS };
    throw new AppError("rate_limited", message, { reason: "queue_full", ...again });
  }
  await assertStartRate(tx, scope, limits, { added: 0 });
}

/**
 * Refuses starts beyond those a minute that the plan allows. @param added how many new ones are not written yet
 * @throws AppError `rate_limited`, reason `start_rate`
 */
export async function assertStartRate(
  tx: Tx,
  scope: TenantScope,
  { startsPerMinute }: RunLimits,
  { added }: { readonly added: number },
): Promise<void> {
  if (startsPerMinute === null) return;
  // A statement of its own: the count has to see what whoever held the place before has committed.
  await placeInLine(tx, scope).execute();
  const lately = startedLately(scope.tenantId);
  if (startsPerMinute < added || (await hasMoreThan(tx, lately, startsPerMinute - added))) {
    const message = `Your plan allows ${startsPerMinute.toLocaleString("en-US")} starts a minute.`;
    throw new AppError("rate_limited", message, { reason: "start_rate", retryAfterMs: 60_000 });
  }
}

/** Reads no more rows than it has to. */
async function hasMoreThan(tx: Tx, where: SQL | undefined, most: number): Promise<boolean> {
  const beyond = await tx
    .select({ id: executions.id })
    .from(executions)
    .where(where)
    .orderBy(desc(executions.id))
    .offset(most)
    .limit(1);
  return beyond.length > 0;
}

/** Whether a start was refused because a limit of the plan is reached. */
export function isOverLimit(error: unknown): error is AppError {
  return error instanceof AppError && (error.reason === "queue_full" || error.reason === "start_rate");
}

/** Tells the admins, once an hour, that runs are refused because of a limit of the plan. */
export async function tellLimitReached(scope: TenantScope, refusal: AppError): Promise<void> {
  const hour = Math.floor(currentTime().getTime() / 3_600_000);
  await asWorker(scope, (tx) =>
    notify(tx, scope, {
      kind: "limit_reached",
      title: "Runs are refused: a limit of your plan is reached",
      body: refusal.message,
      href: "/app/runs?status=pending",
      dedupeKey: `${refusal.reason}:${hour}`,
      to: { admins: true },
    }),
  );
  await dispatchNotices();
}

/** A run's place in line, and how many of its tenant's runs are going on. */
export type PlaceInLine = {
  readonly position: number;
  readonly running: number;
  readonly maxRunning: number;
};

/** The place of a run that is not admitted yet. */
export async function findPlace(tx: Tx, scope: TenantScope, executionId: string): Promise<PlaceInLine> {
  const before = await countRuns(tx, and(queued(scope.tenantId), lt(executions.id, executionId)));
  const { maxRunning } = await limitsOf(tx, scope);
  return { position: before + 1, running: await countRuns(tx, running(scope.tenantId)), maxRunning };
}
