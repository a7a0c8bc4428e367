import { endpoint } from "@/lib/api/endpoint";
import { getWorkflowOperation } from "@/lib/api/operations/workflows";
import { apiRoute } from "@/lib/api/route";
import { workflowView } from "@/lib/api/workflow-view";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getWorkflowOperation, ({ scope, params }) => workflowView(scope, params.workflowId)),
);
