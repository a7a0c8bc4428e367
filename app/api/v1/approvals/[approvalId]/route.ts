import { approvalView } from "@/lib/api/approval-view";
import { endpoint } from "@/lib/api/endpoint";
import { getApprovalOperation } from "@/lib/api/operations/approvals";
import { apiRoute } from "@/lib/api/route";
import { getApproval } from "@/lib/approvals/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getApprovalOperation, async ({ scope, params }) =>
    approvalView(await getApproval(scope, params.approvalId)),
  ),
);
