import { endpoint } from "@/lib/api/endpoint";
import { executionView } from "@/lib/api/execution-view";
import { getExecutionOperation } from "@/lib/api/operations/executions";
import { apiRoute } from "@/lib/api/route";
import { waitForRun } from "@/lib/api/wait";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getExecutionOperation, async ({ scope, params, query, request }) => {
    await waitForRun(scope, params.executionId, request, query.wait);
    return executionView(scope, params.executionId);
  }),
);
