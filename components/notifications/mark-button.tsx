"use client";

import { readInboxNow } from "@/components/notifications/live-inbox";
import { ActionButton, type ActionButtonProps } from "@/components/shared/action-button";

/** A button that marks notifications, after which the bell counts them anew. */
export function MarkButton(props: Omit<ActionButtonProps<unknown>, "onSuccess">) {
  return <ActionButton {...props} onSuccess={() => void readInboxNow()} />;
}
