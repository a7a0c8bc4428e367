import { endpoint } from "@/lib/api/endpoint";
import { cancelExecutionOperation } from "@/lib/api/operations/executions";
import { apiRoute } from "@/lib/api/route";
import { cancelRun } from "@/lib/runs/commands/cancel";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(cancelExecutionOperation, async ({ scope, params }) => {
    const { executionId, status } = await cancelRun(scope, params);
    return { id: executionId, status };
  }),
);
