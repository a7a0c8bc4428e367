import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import type { BatchVerb } from "./batch-input";
import { previewBatch } from "./batch-queries";
import { startBatch } from "./commands/batch";
import type { RunFilter } from "./input";

/** Asks for it as somebody who sees the list as it is now. */
export async function askForBatch(
  scope: TenantScope,
  verb: BatchVerb,
  filter: RunFilter = {},
  requestKey = newId(),
): Promise<{ batchId: string }> {
  const { upTo } = await previewBatch(scope, { filter });
  return startBatch(scope, { verb, filter, upTo: upTo ?? newId(), requestKey });
}
