import "server-only";
import { inngest } from "@/inngest/client";
import { tenantsHandedOver } from "@/inngest/events";
import { log } from "@/lib/log";

/** Tells the engine that workspaces changed hands. Never throws: the sweep finds them within minutes. */
export async function dispatchHandovers(): Promise<void> {
  try {
    await inngest.send(tenantsHandedOver.create({}));
  } catch (error) {
    log.warn({ err: error }, "the engine was not told of workspaces that changed hands");
  }
}
