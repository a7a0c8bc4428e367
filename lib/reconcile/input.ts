import { z } from "zod";
import { cursorInput } from "@/lib/paging";

/** What an admin may say about a finding. */
export const DECISIONS = {
  accepted: "Accepted: right, or put right",
  dismissed: "Dismissed: it means nothing",
} as const;

export const requestReconciliationInput = z.strictObject({});

export const decideFindingInput = z.strictObject({
  findingId: z.uuid(),
  decision: z.enum(["accepted", "dismissed"], "Choose what you decide."),
  note: z
    .string()
    .trim()
    .min(3, "Say why, for whoever reads it later.")
    .max(500, "Use at most 500 characters."),
});

export const listFindingsInput = z.strictObject({
  status: z.enum(["open", "fixed", "accepted", "dismissed"]).optional(),
  cursor: cursorInput,
});

export type DecideFindingInput = z.infer<typeof decideFindingInput>;
