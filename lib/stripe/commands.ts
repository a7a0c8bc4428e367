import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { stripeEvents } from "@/db/schema/stripe";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { type Processed, processEvent } from "./process";

/**
 * Applies an event of Stripe again that was given up, or that waits. One that was applied is left alone.
 * @returns what became of it
 * @throws AppError `not_found`; `conflict` (`applied`); `upstream` and `internal` when it fails again
 */
export async function retryEvent(
  scope: PlatformScope,
  { eventId }: { eventId: string },
): Promise<{ outcome: Processed }> {
  authorize(scope, "stripe.retry");
  await asPlatform(scope, async (tx) => {
    const [event] = await tx
      .select({ status: stripeEvents.status, error: stripeEvents.error, attempts: stripeEvents.attempts })
      .from(stripeEvents)
      .where(eq(stripeEvents.id, eventId))
      .for("update");
    if (!event) throw new AppError("not_found", "This event does not exist.");
    if (event.status === "done" || event.status === "ignored")
      throw new AppError("conflict", "This event has been applied meanwhile.", { reason: "applied" });
    await tx
      .update(stripeEvents)
      .set({ status: "received", attempts: 0 })
      .where(and(eq(stripeEvents.id, eventId), inArray(stripeEvents.status, ["failed", "received"])));
    await audit(tx, scope, {
      action: "stripe_event.retry",
      targetType: "stripe_event",
      targetId: eventId,
      before: { status: event.status, attempts: event.attempts, error: event.error },
    });
  });
  return { outcome: await processEvent(eventId) };
}
