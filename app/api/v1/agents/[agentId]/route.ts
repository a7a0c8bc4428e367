import { getAgent } from "@/lib/agents/queries";
import { agentDetailView } from "@/lib/api/agent-view";
import { endpoint } from "@/lib/api/endpoint";
import { getAgentOperation } from "@/lib/api/operations/agents";
import { apiRoute } from "@/lib/api/route";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getAgentOperation, async ({ scope, params }) =>
    agentDetailView(await getAgent(scope, params.agentId)),
  ),
);
