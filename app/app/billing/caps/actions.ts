"use server";

import { revalidatePath } from "next/cache";
import { tenantAction } from "@/lib/action";
import { removeCap, setCap } from "@/lib/wallet/caps/commands";
import { removeCapInput, setCapInput } from "@/lib/wallet/caps/input";

export const setCapAction = tenantAction(setCapInput, async (scope, input) => {
  const cap = await setCap(scope, input);
  revalidatePath("/app/billing", "layout");
  return cap;
});

export const removeCapAction = tenantAction(removeCapInput, async (scope, input) => {
  await removeCap(scope, input);
  revalidatePath("/app/billing", "layout");
});
