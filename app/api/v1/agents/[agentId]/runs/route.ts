import { endpoint } from "@/lib/api/endpoint";
import { runAgentOperation } from "@/lib/api/operations/agents";
import { apiRoute } from "@/lib/api/route";
import { startForApi } from "@/lib/api/start-run";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(runAgentOperation, ({ scope, params, body, ...call }) =>
    startForApi(scope, { agentId: params.agentId, input: body }, call),
  ),
);
