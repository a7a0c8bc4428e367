import { z } from "zod";
import { recordPaymentInput } from "@/lib/billing/input";
import { centsToMicros, type Micros, parseMicros } from "@/lib/money";
import { requestKey } from "./input";

/** More than nothing, in whole cents. Micros. */
const amount = z.string("Give an amount such as 12.50.").transform((text, context): Micros => {
  const micros = parseMicros(text.trim().replace(/^\$\s*/, ""));
  if (micros !== null && micros > 0n && micros % centsToMicros(1n) === 0n) return micros;
  context.addIssue({ code: "custom", message: "Give an amount such as 12.50, in whole cents." });
  return z.NEVER;
});

/** A refund of credit that was bought by card and not spent: so much credit, its tax on top. */
export const refundTopupInput = z.strictObject({
  topupId: z.uuid(),
  amount,
  reason: z
    .string()
    .trim()
    .min(5, "Say why, in at least 5 characters: it is kept.")
    .max(500, "Use at most 500 characters."),
  requestKey,
});
export type RefundTopupInput = z.output<typeof refundTopupInput>;

/** Money that was sent back for credit that was not bought by card: all that was sent, its tax in it, and how. */
export const recordRefundInput = refundTopupInput.extend(
  recordPaymentInput.pick({ method: true, reference: true }).shape,
);
export type RecordRefundInput = z.output<typeof recordRefundInput>;
