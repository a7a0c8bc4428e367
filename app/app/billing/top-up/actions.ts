"use server";

import { revalidatePath } from "next/cache";
import { tenantAction } from "@/lib/action";
import { refreshPayment, startTopup } from "@/lib/payments/commands/topup";
import { refreshPaymentInput, startTopupInput } from "@/lib/payments/input";

export const startTopupAction = tenantAction(startTopupInput, startTopup);

export const refreshPaymentAction = tenantAction(refreshPaymentInput, async (scope, input) => {
  const now = await refreshPayment(scope, input);
  if (now.status === "succeeded") revalidatePath("/app", "layout");
  return now;
});
