import type Stripe from "stripe";
import { NEEDS_CUSTOMER, type TestCard } from "./cards";
import { secretOf } from "./resources/payment-methods";
import type { World } from "./world";

type Decline = NonNullable<TestCard["decline"]>;

/** What a bank says of a payment or of saving a card. */
export type Verdict =
  | { is: "fine" }
  | { is: "asks" }
  | { is: "declined"; decline: Decline }
  | { is: "pends"; arrives: boolean };

type Asked = { isOffSession: boolean; isAuthenticated: boolean; isSetup: boolean };

/** Asks the bank behind a method. Once its customer has shown themselves, it asks no more. */
export function askBank(world: World, method: Stripe.PaymentMethod, asked: Asked): Verdict {
  const { card, isSetUp } = secretOf(world, method);
  const { isOffSession, isAuthenticated, isSetup } = asked;
  const mustShow = card.authentication === "always" || (card.authentication === "unless_set_up" && !isSetUp);
  const asks = isOffSession ? mustShow : card.authentication !== undefined;
  if (card.decline) return { is: "declined", decline: card.decline };
  if (asks && !isAuthenticated) {
    return isOffSession ? { is: "declined", decline: NEEDS_CUSTOMER } : { is: "asks" };
  }
  if (card.chargeDecline && !isSetup) return { is: "declined", decline: card.chargeDecline };
  if (card.bankDebit && !isSetup) return { is: "pends", arrives: card.bankDebit === "arrives" };
  return { is: "fine" };
}
