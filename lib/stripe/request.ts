import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { and, eq, ne, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { asSystem, isInsideTransaction } from "@/db/access";
import { stripeRequests } from "@/db/schema/stripe";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { bodyHash } from "./body-hash";
import { failureOf, isFinal, isUnanswered, type StripeFailure, toAppError } from "./failures";
import { nextAttemptKey } from "./keys";

/** A write we ask of Stripe. */
export type Outgoing<T extends { id: string }> = {
  /** Of `keys.ts`. */
  key: string;
  operation: string;
  /** What is asked, with our own ids: the same key never means anything else. */
  body: unknown;
  tenantId?: string;
  partnerId?: string;
  target: { type: string; id: string };
  send: (stripe: Stripe, options: { idempotencyKey: string }) => Promise<T>;
  /** The object that the call made, by its id at Stripe. */
  get: (stripe: Stripe, id: string) => Promise<T>;
  /** The object that an earlier call may have made, by our own id in its metadata. */
  find: (stripe: Stripe) => Promise<T | null>;
};

type Noted = {
  status: string;
  stripeObjectId: string | null;
  error: unknown;
  firstSentAt: Date | null;
};

/** Stripe forgets keys after a day: behind this age the object is looked for before anything is sent again. */
const REPLAY_MS = 20 * 3_600_000;

/**
 * What to do with a request that was noted before. `send`: under its key. `get`: it was done. `find`: Stripe may have
 * forgotten the key. `renew`: nothing was made, and under this key Stripe might only repeat itself: what was wrong may be
 * mended by now. `refused`: a declined card stays declined.
 */
export function planRequest(noted: Noted, now: Date): "send" | "get" | "find" | "renew" | "refused" {
  if (noted.status === "done") return "get";
  if (noted.status === "failed") return isFinal(noted.error as StripeFailure) ? "refused" : "renew";
  const isOld = noted.firstSentAt !== null && now.getTime() - noted.firstSentAt.getTime() > REPLAY_MS;
  return isOld ? "find" : "send";
}

/** Notes what is about to be asked, before it is. */
async function note<T extends { id: string }>(outgoing: Outgoing<T>, key: string): Promise<Noted> {
  const hash = bodyHash(outgoing.body);
  return asSystem("stripe-request", async (tx) => {
    await tx
      .insert(stripeRequests)
      .values({
        key,
        operation: outgoing.operation,
        bodyHash: hash,
        tenantId: outgoing.tenantId ?? null,
        partnerId: outgoing.partnerId ?? null,
        targetType: outgoing.target.type,
        targetId: outgoing.target.id,
      })
      .onConflictDoNothing();
    const [row] = await tx.select().from(stripeRequests).where(eq(stripeRequests.key, key)).for("update");
    if (!row) throw new AppError("internal");
    if (row.bodyHash !== hash) {
      throw new AppError("conflict", "This was asked of Stripe before, with other details.", {
        reason: "request_changed",
      });
    }
    await tx
      .update(stripeRequests)
      .set({
        attempts: sql`${stripeRequests.attempts} + 1`,
        firstSentAt: sql`coalesce(${stripeRequests.firstSentAt}, now())`,
      })
      .where(eq(stripeRequests.key, key));
    return row;
  });
}

type End = { status: "done" | "failed" | "pending"; objectId: string | null; failure: StripeFailure | null };

/** Who was told to wait does not undo what another one has heard meanwhile. */
async function noteEnd(key: string, { status, objectId, failure }: End): Promise<void> {
  await asSystem("stripe-request", (tx) =>
    tx
      .update(stripeRequests)
      .set({
        status,
        stripeObjectId: objectId,
        httpStatus: failure ? failure.status : 200,
        error: failure,
        finishedAt: status === "pending" ? null : sql`now()`,
      })
      .where(
        and(
          eq(stripeRequests.key, key),
          status === "pending" ? ne(stripeRequests.status, "done") : undefined,
        ),
      ),
  );
}

const IN_USE_TRIES = 5;
const IN_USE_PAUSE_MS = 200;

/** While another one of the same key is under way, Stripe asks to come back: the answer is then that one's. */
async function whenFree<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (failureOf(error)?.code !== "idempotency_key_in_use" || tries === IN_USE_TRIES) throw error;
      await sleep(IN_USE_PAUSE_MS * tries);
    }
  }
}

async function send<T extends { id: string }>(
  stripe: Stripe,
  outgoing: Outgoing<T>,
  key: string,
): Promise<T> {
  try {
    const made = await whenFree(() => outgoing.send(stripe, { idempotencyKey: key }));
    await noteEnd(key, { status: "done", objectId: made.id, failure: null });
    return made;
  } catch (error) {
    const failure = failureOf(error);
    if (!failure) throw error;
    const status = isUnanswered(failure) ? "pending" : "failed";
    await noteEnd(key, { status, objectId: failure.paymentIntentId, failure });
    if (failure.type !== "StripeCardError") {
      log.warn(
        { key, operation: outgoing.operation, code: failure.code, status: failure.status },
        failure.message,
      );
    }
    throw toAppError(failure, error);
  }
}

/** A look at Stripe, whose failures are told as those of a write are. */
async function look<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const failure = failureOf(error);
    throw failure ? toAppError(failure, error) : error;
  }
}

/** The failure as it was noted: a request that was refused is refused the same way again. */
function refusalOf(noted: Noted): AppError {
  return toAppError(noted.error as StripeFailure);
}

/**
 * Asks a write of Stripe, once for its key: noted first, sent under the key, and its end noted. After a crash, a lost
 * answer or a second click the same call gives the same object; after a day, or where Stripe failed or refused, the object
 * is looked for, and then asked for again under the key of the next attempt. Only what a bank says stands.
 * @throws AppError `precondition` (a card was declined: `reason` is the bank's; `stripe_key_refused`), `upstream` (nobody
 * answered: the same call may be made again), `conflict` (`request_changed`), `internal`
 */
export async function sendOnce<T extends { id: string }>(
  stripe: Stripe,
  outgoing: Outgoing<T>,
  now = new Date(),
): Promise<T> {
  if (isInsideTransaction()) throw new Error("Stripe was called inside a transaction");
  let { key } = outgoing;
  let isSought = false;
  for (;;) {
    const noted = await note(outgoing, key);
    const plan = planRequest(noted, now);
    if (plan === "refused") throw refusalOf(noted);
    const made = plan === "get" ? noted.stripeObjectId : null;
    if (made) return look(() => outgoing.get(stripe, made));
    if (plan !== "send" && !isSought) {
      const found = await look(() => outgoing.find(stripe));
      if (found) {
        await noteEnd(key, { status: "done", objectId: found.id, failure: null });
        return found;
      }
      isSought = true;
    }
    if (plan !== "renew") return send(stripe, outgoing, key);
    key = nextAttemptKey(key);
  }
}
