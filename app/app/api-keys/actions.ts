"use server";

import { revalidatePath } from "next/cache";
import { tenantAction } from "@/lib/action";
import { createApiKey, revokeApiKey } from "@/lib/api-keys/commands";
import { apiKeyInput, createApiKeyInput } from "@/lib/api-keys/input";

export const createApiKeyAction = tenantAction(createApiKeyInput, async (scope, input) => {
  const created = await createApiKey(scope, input);
  revalidatePath("/app/api-keys");
  return created;
});

export const revokeApiKeyAction = tenantAction(apiKeyInput, revokeApiKey);
