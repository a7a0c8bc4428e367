import { z } from "zod";
import { amountInput, amountText, plainAmount } from "@/lib/amount";
import { recordPaymentInput } from "@/lib/billing/input";
import { centsToMicros, type Micros, parseMicros } from "@/lib/money";

/** One a click: the form makes it, and a second press of the same button sends the same one. */
export const requestKey = z.uuid("Load the page again.");

export const startSetupInput = z.strictObject({ requestKey });
export const refreshSetupInput = z.strictObject({ setupIntentId: z.string().regex(/^seti_\w{1,100}$/) });
export const chooseMethodInput = z.strictObject({ methodId: z.uuid(), requestKey });
export const removeMethodInput = z.strictObject({ methodId: z.uuid() });

/** Credit is bought in whole cents, within what a card takes at once. */
const MIN_TOPUP = 5_000_000n;
const MAX_TOPUP = 10_000_000_000n;

/** Dollars as people write them: `50`, `$50.00`, `1,000`. Micros. */
const topupAmount = amountText("50.00", "Give an amount such as 50.")
  .max(20, "Give an amount such as 50.")
  .transform((text, context): Micros => {
    const micros = parseMicros(plainAmount(text));
    const problem =
      micros === null
        ? "Give an amount such as 50."
        : micros % centsToMicros(1n) !== 0n
          ? "Give whole cents: an amount such as 50 or 50.25."
          : micros < MIN_TOPUP
            ? "The least is $5."
            : micros > MAX_TOPUP
              ? "The most is $10,000 at once."
              : null;
    if (problem === null && micros !== null) return micros;
    context.addIssue({ code: "custom", message: problem ?? "Give an amount such as 50." });
    return z.NEVER;
  });

export const startTopupInput = z.strictObject({
  amount: topupAmount,
  requestKey,
  /** A saved card; empty for a new one. */
  methodId: z
    .union([z.uuid(), z.literal("")])
    .optional()
    .transform((id) => id || null),
  saveCard: z
    .union([z.boolean(), z.enum(["on", "true", "false"])])
    .optional()
    .transform((value) => value === true || value === "on" || value === "true"),
});
/** Credit that is paid by bank transfer. */
export const orderTransferInput = z.strictObject({ amount: topupAmount, requestKey });
export type OrderTransferInput = z.output<typeof orderTransferInput>;
export const cancelTransferInput = z.strictObject({ topupId: z.uuid() });
export type CancelTransferInput = z.output<typeof cancelTransferInput>;
export const recordTransferInput = recordPaymentInput.omit({ invoiceId: true }).extend({ topupId: z.uuid() });
export type RecordTransferInput = z.output<typeof recordTransferInput>;
export const payInvoiceInput = z.strictObject({
  invoiceId: z.uuid(),
  requestKey,
  /** A saved card; empty for a new one. */
  methodId: z
    .union([z.uuid(), z.literal("")])
    .optional()
    .transform((id) => id || null),
});
/** An invoice that Stripe is to collect, or is not to any more. */
export const collectInvoiceInput = z.strictObject({ invoiceId: z.uuid() });
const hostedToken = z.string().max(100);
/** A new card alone: the saved ones are the workspace's. */
export const payHostedInput = z.strictObject({ token: hostedToken, requestKey });
export type PayHostedInput = z.output<typeof payHostedInput>;
export const refreshHostedInput = z.strictObject({ token: hostedToken, paymentId: z.uuid() });
export type RefreshHostedInput = z.output<typeof refreshHostedInput>;
export type PayInvoiceInput = z.output<typeof payInvoiceInput>;

/** Whole dollars and cents, zero included. Micros. */
const dollars = amountInput({
  example: "50",
  mayBeZero: true,
  inCents: true,
  mostMicros: 100n * MAX_TOPUP,
});

export const saveAutoTopupInput = z
  .strictObject({
    isOn: z
      .union([z.boolean(), z.enum(["on", "true", "false"])])
      .optional()
      .transform((value) => value === true || value === "on" || value === "true"),
    threshold: dollars,
    amount: topupAmount,
    monthlyMax: dollars,
  })
  .refine(({ amount, monthlyMax }) => monthlyMax >= amount, {
    path: ["monthlyMax"],
    message: "Allow at least one top-up a month.",
  });
export type SaveAutoTopupInput = z.output<typeof saveAutoTopupInput>;

export const refreshPaymentInput = z.strictObject({ paymentId: z.uuid() });

/** A top-up that was begun and not paid. */
export const continueTopupInput = z.strictObject({
  topupId: z.uuid(),
  /** A saved card; empty for a new one. */
  methodId: z
    .union([z.uuid(), z.literal("")])
    .optional()
    .transform((id) => id || null),
});
export type ContinueTopupInput = z.output<typeof continueTopupInput>;

/** Which top-up the page shows to be paid. */
export const topupQuery = z.object({ pay: z.uuid().optional() });

export type StartTopupInput = z.output<typeof startTopupInput>;
export type RefreshPaymentInput = z.output<typeof refreshPaymentInput>;
export type RefreshSetupInput = z.output<typeof refreshSetupInput>;
export type StartSetupInput = z.output<typeof startSetupInput>;
export type ChooseMethodInput = z.output<typeof chooseMethodInput>;
export type RemoveMethodInput = z.output<typeof removeMethodInput>;
