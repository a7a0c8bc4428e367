"use server";

import { adminAction } from "@/lib/action";
import { closePeriod } from "@/lib/billing/commands/close";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { closePeriodInput, recordPaymentInput } from "@/lib/billing/input";

export const closePeriodAction = adminAction(closePeriodInput, async (scope, input) => {
  const closed = await closePeriod(scope, input);
  const count = (outcome: string) => closed.filter((tenant) => tenant.outcome === outcome).length;
  return { invoiced: count("invoiced"), alreadyInvoiced: count("already_invoiced") };
});
export const recordPaymentAction = adminAction(recordPaymentInput, (scope, input) =>
  recordPayment(scope, input),
);
