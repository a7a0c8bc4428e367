"use server";

import { tenantAction } from "@/lib/action";
import { answerApproval } from "@/lib/approvals/commands";
import { answerApprovalInput } from "@/lib/approvals/input";

export const answerApprovalAction = tenantAction(answerApprovalInput, answerApproval);
