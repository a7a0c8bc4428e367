"use server";

import { tenantAction } from "@/lib/action";
import {
  createTrigger,
  deleteTrigger,
  setTriggerActive,
  updateTrigger,
} from "@/lib/triggers/commands/manage";
import { mapWebhook, rotateSecret, setListening } from "@/lib/triggers/commands/webhook-settings";
import {
  createTriggerInput,
  mapWebhookInput,
  rotateSecretInput,
  setListeningInput,
  setTriggerActiveInput,
  triggerIdInput,
  triggersToFollowInput,
  updateTriggerInput,
} from "@/lib/triggers/input";
import { listTriggersToFollow } from "@/lib/triggers/queries";

export const triggersToFollowAction = tenantAction(triggersToFollowInput, listTriggersToFollow);

export const createTriggerAction = tenantAction(createTriggerInput, createTrigger);

export const updateTriggerAction = tenantAction(updateTriggerInput, updateTrigger);

export const setTriggerActiveAction = tenantAction(setTriggerActiveInput, setTriggerActive);

export const deleteTriggerAction = tenantAction(triggerIdInput, deleteTrigger);

export const rotateSecretAction = tenantAction(rotateSecretInput, rotateSecret);

export const mapWebhookAction = tenantAction(mapWebhookInput, mapWebhook);

export const setListeningAction = tenantAction(setListeningInput, setListening);
