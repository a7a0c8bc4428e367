import "server-only";
import { and, asc, eq, inArray, lte, min, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { webhookDeliveries, webhookEndpoints } from "@/db/schema/notifications";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { databaseTime } from "@/lib/clock";
import { log } from "@/lib/log";
import { signingSecrets } from "./endpoint-secret";
import type { WebhookPayload } from "./message";
import { MAX_TRIES, waitAfterMs } from "./retries";
import { type Sent, sendMessage } from "./send";
import { findAndLockEndpoint } from "./store";
import { giveUpQueued, turnOffWhenHopeless } from "./turn-off";

/** To one endpoint at once. */
const BATCH = 5;
/** How long endpoints that answer are sent one batch after the other, while others are waited for. */
const ROUND_MS = 10_000;
/** Longer than a try may take: whoever claimed a message and died gives it back after this. */
const LEASE_SECONDS = 60;

type Claimed = {
  id: string;
  endpointId: string;
  kind: string;
  messageId: string;
  payload: unknown;
  attempt: number;
  url: string;
  sealedSecret: string;
  /** When it was claimed, by the database's clock: receivers refuse a time that is far from theirs. */
  at: Date;
};

/** The endpoints for which something is due. What waits for those that are turned off ends here. */
async function dueEndpoints(scope: TenantScope): Promise<string[]> {
  return asWorker(scope, async (tx) => {
    await giveUpQueued(tx, scope);
    const rows = await tx
      .selectDistinct({ endpointId: webhookDeliveries.endpointId })
      .from(webhookDeliveries)
      .where(isDue(scope));
    return rows.map((row) => row.endpointId);
  });
}

function isDue(scope: TenantScope) {
  return and(
    eq(webhookDeliveries.tenantId, scope.tenantId),
    eq(webhookDeliveries.status, "queued"),
    lte(webhookDeliveries.nextAttemptAt, sql`now()`),
  );
}

/**
 * Takes due messages of an endpoint for one try each. The try is counted before it is made, and until the lease is over nobody else
 * takes the message: two workers never send the same try.
 */
async function claimDue(scope: TenantScope, endpointId: string): Promise<Claimed[]> {
  return asWorker(scope, async (tx) => {
    const due = await tx
      .select({ id: webhookDeliveries.id })
      .from(webhookDeliveries)
      .where(and(isDue(scope), eq(webhookDeliveries.endpointId, endpointId)))
      .orderBy(asc(webhookDeliveries.nextAttemptAt))
      .limit(BATCH)
      .for("update", { skipLocked: true });
    if (due.length === 0) return [];
    return tx
      .update(webhookDeliveries)
      .set({
        attempt: sql`${webhookDeliveries.attempt} + 1`,
        nextAttemptAt: sql`now() + make_interval(secs => ${LEASE_SECONDS})`,
      })
      .from(webhookEndpoints)
      .where(
        and(
          eq(webhookEndpoints.tenantId, webhookDeliveries.tenantId),
          eq(webhookEndpoints.id, webhookDeliveries.endpointId),
          eq(webhookEndpoints.isActive, true),
          inArray(
            webhookDeliveries.id,
            due.map((row) => row.id),
          ),
        ),
      )
      .returning({
        id: webhookDeliveries.id,
        endpointId: webhookDeliveries.endpointId,
        kind: webhookDeliveries.kind,
        messageId: webhookDeliveries.messageId,
        payload: webhookDeliveries.payload,
        attempt: webhookDeliveries.attempt,
        url: webhookEndpoints.url,
        sealedSecret: webhookEndpoints.sealedSecret,
        at: sql<Date>`${databaseTime()}`.mapWith(webhookDeliveries.createdAt),
      });
  });
}

/** The database keeps no order of keys; the message has one. */
function bodyOf(payload: unknown): string {
  const { id, type, createdAt, data } = payload as WebhookPayload;
  return JSON.stringify({ id, type, createdAt, data });
}

async function tryOnce(scope: TenantScope, message: Claimed): Promise<Sent> {
  // A process that died at the last try must not try for ever.
  if (message.attempt > MAX_TRIES) {
    return { isTaken: false, status: null, error: "The last try was interrupted.", latencyMs: 0 };
  }
  const key = { tenantId: scope.tenantId, endpointId: message.endpointId };
  return sendMessage({
    url: message.url,
    messageId: message.messageId,
    body: bodyOf(message.payload),
    secrets: signingSecrets(key, message.sealedSecret, message.at),
    at: message.at,
  });
}

/** Writes how a try went, unless the lease was lost and somebody else tries by now. */
async function settle(tx: Tx, scope: TenantScope, message: Claimed, sent: Sent): Promise<void> {
  const waitMs = waitAfterMs(message.kind, message.attempt, sent.askedMs);
  const isGone = sent.status === 410;
  const next = sent.isTaken
    ? { status: "delivered", deliveredAt: sql`now()` }
    : waitMs === null || isGone
      ? { status: "failed" }
      : { nextAttemptAt: sql`now() + ${waitMs}::float8 * interval '1 millisecond'` };
  const isOver = "status" in next && next.status === "failed";
  // Messages that end at once are counted one after the other, each seeing those before it.
  // One that was removed during the try took its messages along.
  if (isOver && !(await findAndLockEndpoint(tx, scope, message.endpointId))) return;
  const [settled] = await tx
    .update(webhookDeliveries)
    .set({ ...next, lastStatus: sent.status, lastError: sent.error, latencyMs: sent.latencyMs })
    .where(
      and(
        eq(webhookDeliveries.tenantId, scope.tenantId),
        eq(webhookDeliveries.id, message.id),
        // What arrived did so, also when it was given up during the try because the endpoint was turned off.
        inArray(webhookDeliveries.status, sent.isTaken ? ["queued", "failed"] : ["queued"]),
        eq(webhookDeliveries.attempt, message.attempt),
      ),
    )
    .returning({ id: webhookDeliveries.id });
  if (settled && isOver) await turnOffWhenHopeless(tx, scope, message.endpointId, isGone);
}

/** Null when nothing is queued, 0 when something is due already. */
async function nextDueInMs(tx: Tx, scope: TenantScope): Promise<number | null> {
  const [row] = await tx
    .select({
      inMs: sql<
        number | null
      >`(extract(epoch from ${min(webhookDeliveries.nextAttemptAt)} - now()) * 1000)::float8`,
    })
    .from(webhookDeliveries)
    .where(and(eq(webhookDeliveries.tenantId, scope.tenantId), eq(webhookDeliveries.status, "queued")));
  const inMs = row?.inMs ?? null;
  return inMs === null ? null : Math.max(0, inMs);
}

export type Delivered = { readonly tried: number; readonly nextInMs: number | null };

/** One try of a message, and what became of it. */
async function deliver(scope: TenantScope, message: Claimed): Promise<void> {
  try {
    const sent = await tryOnce(scope, message);
    await asWorker(scope, (tx) => settle(tx, scope, message, sent));
  } catch (error) {
    // The lease ends and the message is tried again: one bad row does not hold up the others.
    log.error({ err: error, deliveryId: message.id }, "a webhook message could not be tried");
  }
}

/** Sends an endpoint what is due, a few at once, until there is no more or the round is over. */
async function deliverTo(scope: TenantScope, endpointId: string, until: number): Promise<number> {
  let tried = 0;
  do {
    const claimed = await claimDue(scope, endpointId);
    await Promise.all(claimed.map((message) => deliver(scope, message)));
    tried += claimed.length;
    if (claimed.length < BATCH) break;
  } while (performance.now() < until);
  return tried;
}

/**
 * Tries the messages of a tenant that are due: at least once each, under the same id on every try, until the endpoint
 * takes it or a day has passed. Each endpoint has a line of its own: one that hangs keeps no other waiting for longer
 * than a try may take.
 * @returns how many were tried, and when the next one is due
 */
export async function deliverDue(scope: TenantScope): Promise<Delivered> {
  authorize(scope, "notice.deliver");
  const endpointIds = await dueEndpoints(scope);
  const until = performance.now() + ROUND_MS;
  const tried = await Promise.all(endpointIds.map((id) => deliverTo(scope, id, until)));
  const nextInMs = await asWorker(scope, (tx) => nextDueInMs(tx, scope));
  return { tried: tried.reduce((sum, count) => sum + count, 0), nextInMs };
}
