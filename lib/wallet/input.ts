import { z } from "zod";
import { amountInput } from "@/lib/amount";
import { dayInput } from "@/lib/day";
import { cursorInput } from "@/lib/paging";

const reason = z.string().trim().min(3, "Say why.").max(500);

/** A day as forms give it, to its end in UTC; nothing where the field is empty. */
const lastDay = z
  .union([dayInput, z.literal("")])
  .nullable()
  .default(null)
  .transform((day, context) => {
    if (!day) return null;
    const end = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000);
    if (end > new Date()) return end;
    context.addIssue({ code: "custom", message: "This day is over." });
    return z.NEVER;
  });

export const lowBalanceInput = z.strictObject({
  /** In dollars; empty: never told. */
  amount: z
    .string()
    .nullable()
    .default(null)
    .transform((text) => text?.trim() || null)
    .pipe(amountInput({ example: "20.00" }).nullable()),
});
export type LowBalanceInput = z.output<typeof lowBalanceInput>;

export const grantPromoInput = z.strictObject({
  tenantId: z.uuid(),
  amount: amountInput({ example: "25.00" }),
  /** The last day on which it can be spent (UTC). Null: it does not expire. */
  expiresAt: lastDay,
  reason,
  /** One a click. */
  requestKey: z.uuid(),
});
export type GrantPromoInput = z.output<typeof grantPromoInput>;

/** What one press of a partner may give away: a slip of the keyboard is not a fortune. */
const MOST_PARTNER_PROMO = 1_000_000_000n;

export const grantCustomerPromoInput = grantPromoInput.refine(({ amount }) => amount <= MOST_PARTNER_PROMO, {
  path: ["amount"],
  error: "Give at most $1,000 at a time.",
});
export type GrantCustomerPromoInput = z.output<typeof grantCustomerPromoInput>;

export const walletTermsInput = z.strictObject({
  tenantId: z.uuid(),
  mode: z.enum(["prepaid", "postpaid"]),
  /** In dollars; only for those who pay afterwards. */
  creditLimit: z
    .string()
    .trim()
    .default("0")
    .transform((text) => text || "0")
    .pipe(amountInput({ example: "1000", mayBeZero: true, what: "This limit" })),
  reason,
});
export type WalletTermsInput = z.output<typeof walletTermsInput>;

export const transactionsInput = z.strictObject({ cursor: cursorInput });
