import { z } from "zod";
import { cursorInput, MAX_PAGE_SIZE, PAGE_SIZE } from "@/lib/paging";

/** `mine`: waits for the person's own answer; `waiting`: for anybody's; `answered`: over, whatever it came to. */
export const APPROVAL_LISTS = ["mine", "waiting", "answered"] as const;
export type ApprovalList = (typeof APPROVAL_LISTS)[number];

export const listApprovalsInput = z.strictObject({
  show: z.enum(APPROVAL_LISTS).default("mine"),
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
});
export type ListApprovalsInput = z.output<typeof listApprovalsInput>;

export const runQuestionsInput = z.strictObject({ executionId: z.uuid("This run does not exist.") });
export type RunQuestionsInput = z.output<typeof runQuestionsInput>;

export const DECISIONS = ["approved", "rejected"] as const;
export type Decision = (typeof DECISIONS)[number];

export const answerApprovalInput = z.strictObject({
  approvalId: z.uuid("This approval does not exist."),
  decision: z.enum(DECISIONS, "Approve or reject."),
  answer: z.record(z.string().max(100), z.json()).default({}),
  comment: z
    .string()
    .trim()
    .max(5_000, "Use at most 5,000 characters.")
    .default("")
    .transform((text) => text || null),
});
export type AnswerApprovalInput = z.output<typeof answerApprovalInput>;
