"use server";

import { tenantAction } from "@/lib/action";
import { markAllNotifications, markNotification, savePreferences } from "@/lib/notifications/commands/inbox";
import { preferencesInput, readAllInput, readNotificationInput } from "@/lib/notifications/input";

export const markNotificationAction = tenantAction(readNotificationInput, markNotification);

export const markAllNotificationsAction = tenantAction(readAllInput, markAllNotifications);

export const savePreferencesAction = tenantAction(preferencesInput, savePreferences);
