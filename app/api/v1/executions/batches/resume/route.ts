import { endpoint } from "@/lib/api/endpoint";
import { resumeBatchOperation as operation } from "@/lib/api/operations/batches";
import { apiRoute } from "@/lib/api/route";
import { startBatchForApi } from "@/lib/api/start-batch";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(operation, ({ scope, body, idempotencyKey }) =>
    startBatchForApi(scope, "resume", body, { operation, idempotencyKey }),
  ),
);
