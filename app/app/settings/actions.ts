"use server";

import { revalidatePath } from "next/cache";
import { tenantAction } from "@/lib/action";
import { renameWorkspace } from "@/lib/tenants/settings";
import { renameWorkspaceInput } from "@/lib/tenants/settings-input";

export const renameWorkspaceAction = tenantAction(renameWorkspaceInput, async (scope, input) => {
  await renameWorkspace(scope, input);
  revalidatePath("/app", "layout");
});
