"use server";

import { adminAction } from "@/lib/action";
import { adjustCommission } from "@/lib/payouts/commands/adjust";
import { approvePayout, cancelPayout, recordPayout } from "@/lib/payouts/commands/decide";
import { draftPayoutsNow } from "@/lib/payouts/commands/draft";
import {
  adjustCommissionInput,
  approvePayoutInput,
  cancelPayoutInput,
  draftPayoutsInput,
  recordPayoutInput,
} from "@/lib/payouts/input";

export const draftPayoutsAction = adminAction(draftPayoutsInput, (scope) => draftPayoutsNow(scope));
export const adjustCommissionAction = adminAction(adjustCommissionInput, (scope, input) =>
  adjustCommission(scope, input),
);
export const approvePayoutAction = adminAction(approvePayoutInput, (scope, input) =>
  approvePayout(scope, input),
);
export const cancelPayoutAction = adminAction(cancelPayoutInput, (scope, input) =>
  cancelPayout(scope, input),
);
export const recordPayoutAction = adminAction(recordPayoutInput, (scope, input) =>
  recordPayout(scope, input),
);
