import { listAgents } from "@/lib/agents/queries";
import { agentView } from "@/lib/api/agent-view";
import { endpoint } from "@/lib/api/endpoint";
import { listAgentsOperation } from "@/lib/api/operations/agents";
import { apiRoute } from "@/lib/api/route";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listAgentsOperation, async ({ scope, query }) => {
    const { items, nextCursor } = await listAgents(scope, query);
    return { data: items.map(agentView), nextCursor };
  }),
);
