import { z } from "zod";
import { API_SCOPES } from "@/lib/auth/permissions";

/** How long a key may live, in days; `never` until somebody revokes it. */
const EXPIRY_CHOICES = ["30", "90", "365", "never"] as const;

export const createApiKeyInput = z.strictObject({
  name: z
    .string("Give the key a name.")
    .trim()
    .min(1, "Give the key a name that says where it is used.")
    .max(80, "Use at most 80 characters."),
  scopes: z
    .array(z.enum(API_SCOPES, "This scope does not exist."), "Choose at least one scope.")
    .min(1, "Choose at least one scope.")
    .transform((scopes) => [...new Set(scopes)]),
  expiry: z.enum(EXPIRY_CHOICES, "Choose how long the key works."),
});
export type CreateApiKeyInput = z.output<typeof createApiKeyInput>;

export const apiKeyInput = z.strictObject({ keyId: z.uuid("This key does not exist.") });
