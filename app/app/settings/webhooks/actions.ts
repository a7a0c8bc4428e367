"use server";

import { revalidatePath } from "next/cache";
import { tenantAction } from "@/lib/action";
import { resendMessage, sendTestMessage } from "@/lib/notifications/commands/deliveries";
import {
  createEndpoint,
  deleteEndpoint,
  rotateEndpointSecret,
  setEndpointActive,
  updateEndpoint,
} from "@/lib/notifications/commands/endpoints";
import {
  createEndpointInput,
  deliveryInput,
  endpointInput,
  setEndpointActiveInput,
  updateEndpointInput,
} from "@/lib/notifications/input";

export const createEndpointAction = tenantAction(createEndpointInput, async (scope, input) => {
  const created = await createEndpoint(scope, input);
  revalidatePath("/app/settings/webhooks");
  return created;
});

export const updateEndpointAction = tenantAction(updateEndpointInput, updateEndpoint);

export const setEndpointActiveAction = tenantAction(setEndpointActiveInput, setEndpointActive);

export const rotateEndpointSecretAction = tenantAction(endpointInput, rotateEndpointSecret);

export const deleteEndpointAction = tenantAction(endpointInput, deleteEndpoint);

export const sendTestMessageAction = tenantAction(endpointInput, sendTestMessage);

export const resendMessageAction = tenantAction(deliveryInput, resendMessage);
