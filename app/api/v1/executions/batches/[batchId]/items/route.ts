import { endpoint } from "@/lib/api/endpoint";
import { listBatchItemsOperation } from "@/lib/api/operations/batches";
import { apiRoute } from "@/lib/api/route";
import { listBatchItems } from "@/lib/runs/batch-item-queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listBatchItemsOperation, async ({ scope, params, query }) => {
    const { items, nextCursor } = await listBatchItems(scope, params.batchId, query);
    return { data: items, nextCursor };
  }),
);
