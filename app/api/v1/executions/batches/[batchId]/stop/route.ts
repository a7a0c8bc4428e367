import { endpoint } from "@/lib/api/endpoint";
import { stopBatchOperation } from "@/lib/api/operations/batches";
import { apiRoute } from "@/lib/api/route";
import { stopBatch } from "@/lib/runs/commands/batch";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(stopBatchOperation, async ({ scope, params }) => ({
    id: params.batchId,
    ...(await stopBatch(scope, params)),
  })),
);
