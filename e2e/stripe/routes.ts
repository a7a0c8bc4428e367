import { accountRoutes } from "./resources/accounts";
import { chargeRoutes } from "./resources/charges";
import { checkoutRoutes } from "./resources/checkout";
import { customerRoutes } from "./resources/customers";
import { disputeRoutes } from "./resources/disputes";
import { eventRoutes } from "./resources/events";
import { invoiceItemRoutes } from "./resources/invoice-items";
import { invoiceRoutes } from "./resources/invoices";
import { paymentIntentRoutes } from "./resources/payment-intents";
import { paymentMethodRoutes } from "./resources/payment-methods";
import { refundRoutes } from "./resources/refunds";
import { setupIntentRoutes } from "./resources/setup-intents";
import { transferRoutes } from "./resources/transfers";
import type { Route } from "./router";

/** All of the API that the double knows. */
export const ROUTES: readonly Route[] = [
  ...accountRoutes,
  ...chargeRoutes,
  ...checkoutRoutes,
  ...customerRoutes,
  ...disputeRoutes,
  ...eventRoutes,
  ...invoiceItemRoutes,
  ...invoiceRoutes,
  ...paymentIntentRoutes,
  ...paymentMethodRoutes,
  ...refundRoutes,
  ...setupIntentRoutes,
  ...transferRoutes,
];
