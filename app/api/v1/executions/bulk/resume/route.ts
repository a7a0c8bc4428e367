import { endpoint } from "@/lib/api/endpoint";
import { bulkView } from "@/lib/api/execution-view";
import { resumeExecutionsOperation } from "@/lib/api/operations/executions";
import { replayed } from "@/lib/api/request-key";
import { apiRoute, Reply } from "@/lib/api/route";
import { resumeRuns } from "@/lib/runs/commands/bulk";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(resumeExecutionsOperation, async ({ scope, body, idempotencyKey }) => {
    const key = idempotencyKey ? { idempotencyKey } : {};
    const done = await resumeRuns(scope, { executionIds: body.ids, ...key });
    return new Reply(bulkView(done), { headers: replayed(done.isReplay) });
  }),
);
