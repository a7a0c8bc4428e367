import { endpoint } from "@/lib/api/endpoint";
import { getBatchOperation } from "@/lib/api/operations/batches";
import { apiRoute } from "@/lib/api/route";
import { getBatch } from "@/lib/runs/batch-queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getBatchOperation, ({ scope, params }) => getBatch(scope, params.batchId)),
);
