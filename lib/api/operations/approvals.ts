import { z } from "zod";
import { APPROVAL_LISTS, answerApprovalInput, DECISIONS } from "@/lib/approvals/input";
import { inputField } from "../input-field";
import { defineOperation } from "../operation";
import { fromMicros, id, instant, pageOf, pagingQuery } from "../schemas";

const params = z.object({ approvalId: z.uuid() });

const approvalSummary = z
  .object({
    id,
    title: z.string().meta({ examples: ["Pay the invoice of Greenway?"] }),
    status: z
      .enum(["pending", "approved", "rejected", "expired", "cancelled"])
      .meta({ examples: ["pending"] }),
    workflowName: z.string().meta({ examples: ["Invoices"] }),
    executionId: id.meta({ description: "The run that asks." }),
    createdAt: instant,
    expiresAt: instant.nullable().meta({ description: "When the run goes on without an answer." }),
    answeredAt: instant.nullable(),
    answeredByName: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
  })
  .meta({ id: "ApprovalSummary" });

const approval = approvalSummary
  .extend({
    message: z.string().meta({ description: "Markdown.", examples: ["It is **due** on Friday."] }),
    fields: z.array(
      inputField.meta({ id: "ApprovalField", description: "What an approval has to fill in." }),
    ),
    answer: z.unknown().meta({ description: "What was filled in.", examples: [null] }),
    comment: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    costAtAsking: fromMicros.meta({ description: "What the run had cost when it asked." }),
    cost: fromMicros.meta({ description: "What it has cost by now." }),
  })
  .meta({ id: "Approval" });

export const listApprovalsOperation = defineOperation({
  id: "listApprovals",
  method: "get",
  path: "/approvals",
  tag: "Approvals",
  summary: "List approvals",
  description: "Questions of runs to people, newest first.",
  apiScope: "approvals:answer",
  query: z.strictObject({
    show: z
      .enum(APPROVAL_LISTS)
      .default("waiting")
      .describe("`mine`: this key may answer. `waiting`: every open one. `answered`: those that are over."),
    ...pagingQuery,
  }),
  response: pageOf(approvalSummary),
  example: { query: { show: "waiting" } },
});

export const getApprovalOperation = defineOperation({
  id: "getApproval",
  method: "get",
  path: "/approvals/{approvalId}",
  tag: "Approvals",
  summary: "Get an approval",
  description: "What a run asks, what has to be filled in, and what the run has cost.",
  apiScope: "approvals:answer",
  params,
  response: approval,
});

export const answerApprovalOperation = defineOperation({
  id: "answerApproval",
  method: "post",
  path: "/approvals/{approvalId}/answer",
  tag: "Approvals",
  summary: "Answer an approval",
  description:
    "Approves or rejects for the person who made the key; the run goes on. The first answer counts: a later one is refused with 409, reason `answered`. Fields that do not fit are named as `answer.x`.",
  apiScope: "approvals:answer",
  params,
  body: z.strictObject({
    decision: z.enum(DECISIONS),
    answer: answerApprovalInput.shape.answer.describe("The fields the approval asks for, by key."),
    comment: z.string().trim().max(5_000).default("").describe("Goes into the run."),
  }),
  response: z.object({ id, status: z.enum(DECISIONS).meta({ examples: ["approved"] }) }),
  refuses: ["conflict", "precondition"],
  example: { body: { decision: "approved", answer: { limit: 4000 }, comment: "As ordered" } },
});

export type ApprovalSummaryOut = z.input<typeof approvalSummary>;
export type ApprovalOut = z.input<typeof approval>;
