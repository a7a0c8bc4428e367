import { z } from "zod";
import { parseMicros } from "@/lib/money";

const dollars = (message: string) =>
  z
    .string()
    .trim()
    .transform((text, context) => {
      const micros = parseMicros(text);
      if (micros === null || micros <= 0n) {
        context.addIssue({ code: "custom", message });
        return z.NEVER;
      }
      return micros;
    });

const reason = z.string().trim().min(3, "Say why.").max(500);

export const grantPromoInput = z.strictObject({
  tenantId: z.uuid(),
  amount: dollars("Enter an amount such as 25.00."),
  /** Null: it does not expire. */
  expiresAt: z.coerce.date().nullable().default(null),
  reason,
  /** One a click. */
  requestKey: z.uuid(),
});
export type GrantPromoInput = z.output<typeof grantPromoInput>;

export const walletTermsInput = z.strictObject({
  tenantId: z.uuid(),
  mode: z.enum(["prepaid", "postpaid"]),
  /** In dollars; only for those who pay afterwards. */
  creditLimit: z
    .string()
    .trim()
    .default("0")
    .transform((text, context) => {
      const micros = parseMicros(text === "" ? "0" : text);
      if (micros === null || micros < 0n) {
        context.addIssue({ code: "custom", message: "Enter an amount such as 1000." });
        return z.NEVER;
      }
      return micros;
    }),
  reason,
});
export type WalletTermsInput = z.output<typeof walletTermsInput>;
