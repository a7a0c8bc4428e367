import { endpoint } from "@/lib/api/endpoint";
import { answerApprovalOperation } from "@/lib/api/operations/approvals";
import { apiRoute } from "@/lib/api/route";
import { answerApproval } from "@/lib/approvals/commands";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(answerApprovalOperation, async ({ scope, params, body }) => {
    const comment = body.comment || null;
    const { approvalId, status } = await answerApproval(scope, { ...params, ...body, comment });
    return { id: approvalId, status };
  }),
);
