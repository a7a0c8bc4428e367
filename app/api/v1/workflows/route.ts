import { endpoint } from "@/lib/api/endpoint";
import { listWorkflowsOperation } from "@/lib/api/operations/workflows";
import { apiRoute } from "@/lib/api/route";
import { workflowSummaryView } from "@/lib/api/workflow-view";
import { listWorkflows } from "@/lib/workflows/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listWorkflowsOperation, async ({ scope, query }) => {
    const { items, nextCursor } = await listWorkflows(scope, query);
    return { data: items.map(workflowSummaryView), nextCursor };
  }),
);
