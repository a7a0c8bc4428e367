"use server";

import { revalidatePath } from "next/cache";
import { tenantAction } from "@/lib/action";
import { extendCap, removeCap, setCap } from "@/lib/wallet/caps/commands";
import { extendCapInput, removeCapInput, setCapInput } from "@/lib/wallet/caps/input";

export const setCapAction = tenantAction(setCapInput, async (scope, input) => {
  const cap = await setCap(scope, input);
  revalidatePath("/app/billing", "layout");
  return cap;
});

export const removeCapAction = tenantAction(removeCapInput, async (scope, input) => {
  await removeCap(scope, input);
  revalidatePath("/app/billing", "layout");
});

export const extendCapAction = tenantAction(extendCapInput, async (scope, input) => {
  await extendCap(scope, input);
  revalidatePath("/app/billing", "layout");
});
