/** The reason that is given while an invoice is out at Stripe, which collects it by one of its own. */
export const COLLECTED_AT_STRIPE = "collected_at_stripe";
