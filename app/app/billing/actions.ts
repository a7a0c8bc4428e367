"use server";

import { revalidatePath } from "next/cache";
import { tenantAction } from "@/lib/action";
import { setLowBalance } from "@/lib/wallet/commands/low-balance";
import { lowBalanceInput } from "@/lib/wallet/input";

export const setLowBalanceAction = tenantAction(lowBalanceInput, async (scope, input) => {
  await setLowBalance(scope, input);
  revalidatePath("/app/billing");
});
