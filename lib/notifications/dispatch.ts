import "server-only";
import type { TenantScope } from "@/db/scope";
import { inngest } from "@/inngest/client";
import { noticesQueued, webhooksDue } from "@/inngest/events";
import { dispatchMail } from "@/lib/email/dispatch";
import { log } from "@/lib/log";

/** Tells the engine that messages to a tenant's endpoints wait. Never throws: the sweep tells it within a minute. */
export async function dispatchWebhooks({ tenantId }: TenantScope): Promise<void> {
  try {
    await inngest.send(webhooksDue.create({ tenantId }));
  } catch (error) {
    log.warn({ err: error, tenantId }, "the engine was not told of messages to endpoints");
  }
}

/** Sends at once what `notify` wrote. Call it after the commit; never throws, and the sweeps send it otherwise. */
export async function dispatchNotices(): Promise<void> {
  await dispatchMail();
  try {
    // However many runs fail in a second, two looks find everything: one at once, and one after it for what came since. The
    // engine takes what is due within a second as due now.
    const second = Math.floor(Date.now() / 1000);
    const id = `notices:${second}`;
    await inngest.send([
      noticesQueued.create({}, { id }),
      noticesQueued.create({}, { id: `${id}:after`, ts: (second + 2) * 1000 }),
    ]);
  } catch (error) {
    log.warn({ err: error }, "the engine was not told of notices");
  }
}
