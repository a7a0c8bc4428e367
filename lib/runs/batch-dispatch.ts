import "server-only";
import type { TenantScope } from "@/db/scope";
import { inngest } from "@/inngest/client";
import { batchRequested } from "@/inngest/events";
import { log } from "@/lib/log";

/**
 * Tells the engine that a batch waits. Never throws: the sweep finds what nobody works on, and tells it again.
 * @param again names a further sending
 */
export async function dispatchBatch(scope: TenantScope, batchId: string, again?: string): Promise<void> {
  const id = again ? `${batchId}:${again}` : batchId;
  try {
    await inngest.send(batchRequested.create({ tenantId: scope.tenantId, batchId, turn: 0 }, { id }));
  } catch (error) {
    log.warn({ err: error, batchId }, "a batch of runs could not be sent to the engine yet");
  }
}
