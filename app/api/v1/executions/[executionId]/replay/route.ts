import { endpoint } from "@/lib/api/endpoint";
import { replayExecutionOperation } from "@/lib/api/operations/executions";
import { apiRoute } from "@/lib/api/route";
import { beginForApi } from "@/lib/api/start-run";
import { replayRun } from "@/lib/runs/commands/replay";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(replayExecutionOperation, ({ scope, params, body, ...call }) =>
    beginForApi(scope, (key) => replayRun(scope, { ...params, ...body, ...key }), call),
  ),
);
