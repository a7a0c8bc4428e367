import { endpoint } from "@/lib/api/endpoint";
import { cancelBatchOperation as operation } from "@/lib/api/operations/batches";
import { apiRoute } from "@/lib/api/route";
import { startBatchForApi } from "@/lib/api/start-batch";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(operation, ({ scope, body, idempotencyKey }) =>
    startBatchForApi(scope, "cancel", body, { operation, idempotencyKey }),
  ),
);
