import { endpoint } from "@/lib/api/endpoint";
import { estimateView } from "@/lib/api/estimate-view";
import { estimateAgentOperation } from "@/lib/api/operations/estimates";
import { apiRoute } from "@/lib/api/route";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(estimateAgentOperation, ({ scope, params }) =>
    estimateView(scope, { agentId: params.agentId, inPlayground: false }),
  ),
);
