import { endpoint } from "@/lib/api/endpoint";
import { bulkView } from "@/lib/api/execution-view";
import { resumeExecutionsOperation } from "@/lib/api/operations/executions";
import { apiRoute } from "@/lib/api/route";
import { resumeRuns } from "@/lib/runs/commands/bulk";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(resumeExecutionsOperation, async ({ scope, body, idempotencyKey }) =>
    bulkView(
      await resumeRuns(scope, {
        executionIds: body.ids,
        ...(idempotencyKey ? { idempotencyKey } : {}),
      }),
    ),
  ),
);
