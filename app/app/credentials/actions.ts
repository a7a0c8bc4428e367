"use server";

import { tenantAction } from "@/lib/action";
import { createCredential, deleteCredential, updateCredential } from "@/lib/credentials/commands";
import { createCredentialInput, credentialInput, updateCredentialInput } from "@/lib/credentials/input";
import { listWorkflowsSigningIn } from "@/lib/credentials/queries";

export const createCredentialAction = tenantAction(createCredentialInput, createCredential);

export const updateCredentialAction = tenantAction(updateCredentialInput, updateCredential);

export const deleteCredentialAction = tenantAction(credentialInput, deleteCredential);

export const signingInAction = tenantAction(credentialInput, listWorkflowsSigningIn);
