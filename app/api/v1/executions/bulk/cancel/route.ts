import { endpoint } from "@/lib/api/endpoint";
import { bulkView } from "@/lib/api/execution-view";
import { cancelExecutionsOperation } from "@/lib/api/operations/executions";
import { apiRoute } from "@/lib/api/route";
import { cancelRuns } from "@/lib/runs/commands/bulk";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(cancelExecutionsOperation, async ({ scope, body }) =>
    bulkView(await cancelRuns(scope, { executionIds: body.ids })),
  ),
);
