"use server";

import { revalidatePath } from "next/cache";
import { tenantAction } from "@/lib/action";
import { refreshSetup, removeMethod, setDefaultMethod, startSetup } from "@/lib/payments/commands/methods";
import {
  chooseMethodInput,
  refreshSetupInput,
  removeMethodInput,
  startSetupInput,
} from "@/lib/payments/input";

export const startSetupAction = tenantAction(startSetupInput, startSetup);

export const refreshSetupAction = tenantAction(refreshSetupInput, refreshSetup);

export const setDefaultMethodAction = tenantAction(chooseMethodInput, async (scope, input) => {
  await setDefaultMethod(scope, input);
  revalidatePath("/app/billing", "layout");
});

export const removeMethodAction = tenantAction(removeMethodInput, async (scope, input) => {
  await removeMethod(scope, input);
  revalidatePath("/app/billing", "layout");
});
