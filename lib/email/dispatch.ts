import "server-only";
import { inngest } from "@/inngest/client";
import { mailQueued } from "@/inngest/events";
import { env } from "@/lib/env";
import { log } from "@/lib/log";

/** Tells the engine that mail waits. Never throws: the sweep sends within a minute what nobody was told of. */
export async function dispatchMail(): Promise<void> {
  if (!env().SMTP_URL) return;
  try {
    await inngest.send(mailQueued.create({}));
  } catch (error) {
    log.warn({ err: error }, "the engine was not told of a mail");
  }
}
