"use server";

import { adminAction } from "@/lib/action";
import { retryEventInput } from "@/lib/payments/admin-input";
import { recordRefund } from "@/lib/payments/commands/record-refund";
import { refundTopup } from "@/lib/payments/commands/refund";
import { settleRefund } from "@/lib/payments/commands/settle-refund";
import { cancelTransferOf, recordTransfer } from "@/lib/payments/commands/transfer";
import { cancelTransferInput, recordTransferInput } from "@/lib/payments/input";
import { recordRefundInput, refundTopupInput, settleRefundInput } from "@/lib/payments/refund-input";
import { retryEvent } from "@/lib/stripe/commands";

export const refundTopupAction = adminAction(refundTopupInput, (scope, input) => refundTopup(scope, input));
export const recordRefundAction = adminAction(recordRefundInput, (scope, input) =>
  recordRefund(scope, input),
);
export const settleRefundAction = adminAction(settleRefundInput, (scope, input) =>
  settleRefund(scope, input),
);
export const retryStripeEventAction = adminAction(retryEventInput, (scope, input) =>
  retryEvent(scope, input),
);
export const recordTransferAction = adminAction(recordTransferInput, (scope, input) =>
  recordTransfer(scope, input),
);
export const cancelTransferOfAction = adminAction(cancelTransferInput, (scope, input) =>
  cancelTransferOf(scope, input),
);
