import "server-only";
import type { z } from "zod";
import type { TenantScope } from "@/db/scope";
import type { BatchVerb } from "@/lib/runs/batch-input";
import { startBatch } from "@/lib/runs/commands/batch";
import type { Operation } from "./operation";
import type { cancelBatchOperation } from "./operations/batches";
import { replayed, requestKeyOf } from "./request-key";
import { Reply } from "./route";

type Selection = z.output<typeof cancelBatchOperation.body>;
type Started = z.input<typeof cancelBatchOperation.response>;

/** Begins a batch for a program. The same `Idempotency-Key` names the same one. @throws AppError as `startBatch` */
export async function startBatchForApi(
  scope: TenantScope,
  verb: BatchVerb,
  { filter, ids }: Selection,
  { operation, idempotencyKey }: { operation: Operation; idempotencyKey: string | null },
): Promise<Reply<Started>> {
  const requestKey = requestKeyOf(scope, operation, idempotencyKey);
  const selection = ids ? { executionIds: ids } : { filter: filter ?? {} };
  const { batchId, total, isNew } = await startBatch(scope, { verb, requestKey, ...selection });
  const url = `/api/v1/executions/batches/${batchId}`;
  const headers = { location: url, ...replayed(!isNew) };
  return new Reply({ id: batchId, total, url }, { status: isNew ? 201 : 200, headers });
}
