import { approvalSummaryView } from "@/lib/api/approval-view";
import { endpoint } from "@/lib/api/endpoint";
import { listApprovalsOperation } from "@/lib/api/operations/approvals";
import { apiRoute } from "@/lib/api/route";
import { listApprovals } from "@/lib/approvals/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listApprovalsOperation, async ({ scope, query }) => {
    const { items, nextCursor } = await listApprovals(scope, query);
    return { data: items.map(approvalSummaryView), nextCursor };
  }),
);
