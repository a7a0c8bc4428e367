import "server-only";
import type { ApprovalDetail, ApprovalItem } from "@/lib/approvals/queries";
import { inputFieldView } from "./input-field";
import type { ApprovalOut, ApprovalSummaryOut } from "./operations/approvals";

export function approvalSummaryView(item: ApprovalItem): ApprovalSummaryOut {
  const { id, title, executionId, createdAt, expiresAt, answeredAt, answeredByName } = item;
  const status = item.status as ApprovalSummaryOut["status"];
  return {
    id,
    title,
    status,
    workflowName: item.runName,
    executionId,
    createdAt,
    expiresAt,
    answeredAt,
    answeredByName,
  };
}

export function approvalView(detail: ApprovalDetail): ApprovalOut {
  const { message, fields, answer, comment, costAtAskingMicros, costMicros } = detail;
  return {
    ...approvalSummaryView(detail),
    message,
    fields: fields.map(inputFieldView),
    answer: answer ?? null,
    comment,
    costAtAsking: costAtAskingMicros,
    cost: costMicros,
  };
}
