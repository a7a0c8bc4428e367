import { endpoint } from "@/lib/api/endpoint";
import { resumeExecutionOperation } from "@/lib/api/operations/executions";
import { apiRoute } from "@/lib/api/route";
import { beginForApi } from "@/lib/api/start-run";
import { resumeRun } from "@/lib/runs/commands/resume";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(resumeExecutionOperation, ({ scope, params, body, ...call }) =>
    beginForApi(scope, (key) => resumeRun(scope, { ...params, ...body, ...key }), call),
  ),
);
