type Decline = { code: string; declineCode: string; message: string };

/** A card or account of Stripe's test mode and what becomes of it. */
export type TestCard = {
  /** After `pm_card_` or `tok_`; for other types the whole id. */
  readonly name: string;
  readonly number: string;
  readonly brand: string;
  /** Not to be saved and not to be charged. */
  readonly decline?: Decline;
  /** To be saved, but not to be charged. */
  readonly chargeDecline?: Decline;
  /** Whether the bank asks its customer: at every payment, or off-session once it was not set up with them. */
  readonly authentication?: "always" | "unless_set_up";
  readonly disputeReason?: string;
  readonly isInquiry?: boolean;
  readonly refund?: "fails" | "pends";
  /** The money may be moved on at once. */
  readonly bypassesPending?: boolean;
  /** Not a card: takes days, and then arrives or does not. */
  readonly bankDebit?: "arrives" | "fails";
};

const decline = (declineCode: string, code: string, message: string): Decline => ({
  code,
  declineCode,
  message,
});
const declined = (declineCode: string) => decline(declineCode, "card_declined", "Your card was declined.");
const NO_FUNDS = decline("insufficient_funds", "card_declined", "Your card has insufficient funds.");
const visa = (name: string, number: string, rest: Partial<TestCard> = {}): TestCard => ({
  name,
  number,
  brand: "visa",
  ...rest,
});

export const TEST_CARDS: readonly TestCard[] = [
  visa("visa", "4242424242424242"),
  visa("mastercard", "5555555555554444", { brand: "mastercard" }),
  visa("amex", "378282246310005", { brand: "amex" }),
  visa("visa_chargeDeclined", "4000000000000002", { decline: declined("generic_decline") }),
  visa("chargeDeclined", "4000000000000002", { decline: declined("generic_decline") }),
  visa("visa_chargeDeclinedInsufficientFunds", "4000000000009995", { decline: NO_FUNDS }),
  visa("chargeDeclinedInsufficientFunds", "4000000000009995", { decline: NO_FUNDS }),
  visa("visa_chargeDeclinedLostCard", "4000000000009987", { decline: declined("lost_card") }),
  visa("chargeDeclinedExpiredCard", "4000000000000069", {
    decline: decline("expired_card", "expired_card", "Your card has expired."),
  }),
  visa("chargeDeclinedIncorrectCvc", "4000000000000127", {
    decline: decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
  }),
  visa("chargeDeclinedProcessingError", "4000000000000119", {
    decline: decline(
      "processing_error",
      "processing_error",
      "An error occurred while processing your card. Try again in a little bit.",
    ),
  }),
  visa("chargeCustomerFail", "4000000000000341", { chargeDecline: declined("generic_decline") }),
  visa("authenticationRequired", "4000002760003184", { authentication: "always" }),
  visa("threeDSecure2Required", "4000000000003220", { authentication: "always" }),
  visa("authenticationRequiredOnSetup", "4000002500003155", { authentication: "unless_set_up" }),
  visa("authenticationRequiredChargeDeclinedInsufficientFunds", "4000008260003178", {
    authentication: "always",
    chargeDecline: NO_FUNDS,
  }),
  visa("createDispute", "4000000000000259", { disputeReason: "fraudulent" }),
  visa("createDisputeProductNotReceived", "4000000000002685", { disputeReason: "product_not_received" }),
  visa("createDisputeInquiry", "4000000000001976", { disputeReason: "fraudulent", isInquiry: true }),
  visa("refundFail", "4000000000005126", { refund: "fails" }),
  visa("pendingRefund", "4000000000007726", { refund: "pends" }),
  visa("bypassPending", "4000000000000077", { bypassesPending: true }),
  visa("pm_usBankAccount_success", "000123456789", { brand: "bank", bankDebit: "arrives" }),
  visa("pm_usBankAccount_insufficientFunds", "000222222227", { brand: "bank", bankDebit: "fails" }),
];

/** The card behind `pm_card_visa` or `tok_visa`; null for an id that is none of Stripe's test ids. */
export function cardByToken(token: string): TestCard | null {
  const name = token.replace(/^(pm_card_|tok_)/, "");
  return TEST_CARDS.find((card) => card.name === name || card.name === token) ?? null;
}

/** The card with a number; spaces do not count. */
export function cardByNumber(number: string): TestCard | null {
  const digits = number.replaceAll(/\D/g, "");
  return TEST_CARDS.find((card) => card.number === digits && !card.bankDebit) ?? null;
}

/** What is said of a payment that the customer's bank wants to see the customer for, while nobody is there. */
export const NEEDS_CUSTOMER: Decline = decline(
  "authentication_required",
  "authentication_required",
  "Your card was declined. This transaction requires authentication.",
);
