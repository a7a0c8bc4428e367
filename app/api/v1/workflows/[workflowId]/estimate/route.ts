import { endpoint } from "@/lib/api/endpoint";
import { estimateView } from "@/lib/api/estimate-view";
import { estimateWorkflowOperation } from "@/lib/api/operations/estimates";
import { apiRoute } from "@/lib/api/route";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(estimateWorkflowOperation, ({ scope, params }) =>
    estimateView(scope, { workflowId: params.workflowId, useDraft: false }),
  ),
);
