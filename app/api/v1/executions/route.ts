import { endpoint } from "@/lib/api/endpoint";
import { summaryView } from "@/lib/api/execution-view";
import { listExecutionsOperation } from "@/lib/api/operations/executions";
import { apiRoute } from "@/lib/api/route";
import { listRuns } from "@/lib/runs/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listExecutionsOperation, async ({ scope, query }) => {
    const { items, nextCursor } = await listRuns(scope, query);
    return { data: items.map(summaryView), nextCursor };
  }),
);
