"use server";

import { adminAction } from "@/lib/action";
import { retryEventInput } from "@/lib/payments/admin-input";
import { refundTopup } from "@/lib/payments/commands/refund";
import { refundTopupInput } from "@/lib/payments/input";
import { retryEvent } from "@/lib/stripe/commands";

export const refundTopupAction = adminAction(refundTopupInput, (scope, input) => refundTopup(scope, input));
export const retryStripeEventAction = adminAction(retryEventInput, (scope, input) =>
  retryEvent(scope, input),
);
