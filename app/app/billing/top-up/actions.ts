"use server";

import { revalidatePath } from "next/cache";
import { tenantAction } from "@/lib/action";
import { saveAutoTopup } from "@/lib/payments/commands/auto-topup";
import { continueTopup } from "@/lib/payments/commands/continue-topup";
import { refreshPayment, startTopup } from "@/lib/payments/commands/topup";
import { cancelTransfer, orderTransfer } from "@/lib/payments/commands/transfer";
import {
  cancelTransferInput,
  continueTopupInput,
  orderTransferInput,
  refreshPaymentInput,
  saveAutoTopupInput,
  startTopupInput,
} from "@/lib/payments/input";

export const saveAutoTopupAction = tenantAction(saveAutoTopupInput, async (scope, input) => {
  await saveAutoTopup(scope, input);
  revalidatePath("/app/billing", "layout");
});

export const startTopupAction = tenantAction(startTopupInput, startTopup);

export const continueTopupAction = tenantAction(continueTopupInput, continueTopup);

export const refreshPaymentAction = tenantAction(refreshPaymentInput, async (scope, input) => {
  const now = await refreshPayment(scope, input);
  if (now.status === "succeeded") revalidatePath("/app", "layout");
  return now;
});

export const orderTransferAction = tenantAction(orderTransferInput, orderTransfer);
export const cancelTransferAction = tenantAction(cancelTransferInput, cancelTransfer);
