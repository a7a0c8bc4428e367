import { endpoint } from "@/lib/api/endpoint";
import { runWorkflowOperation } from "@/lib/api/operations/workflows";
import { apiRoute } from "@/lib/api/route";
import { startForApi } from "@/lib/api/start-run";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(runWorkflowOperation, ({ scope, params, body, ...call }) =>
    startForApi(scope, { workflowId: params.workflowId, useDraft: false, input: body.input }, call),
  ),
);
