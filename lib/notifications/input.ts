import { z } from "zod";
import { cursorInput } from "@/lib/paging";
import { NOTICE_KINDS } from "./kinds";

const kind = z.enum(NOTICE_KINDS, "There is no such kind of notification.");

const endpointFields = {
  url: z
    .string("Give the address that is called.")
    .trim()
    .min(1, "Give the address that is called.")
    .max(2_000, "Use at most 2,000 characters."),
  description: z.string().trim().max(200, "Use at most 200 characters.").default(""),
  kinds: z
    .array(kind, "Choose at least one.")
    .min(1, "Choose at least one.")
    .transform((kinds) => [...new Set(kinds)]),
};

const endpointId = z.uuid("This endpoint does not exist.");
export const endpointInput = z.strictObject({ endpointId });

export const createEndpointInput = z.strictObject(endpointFields);
export type CreateEndpointInput = z.output<typeof createEndpointInput>;

export const updateEndpointInput = z.strictObject({ endpointId, ...endpointFields });
export type UpdateEndpointInput = z.output<typeof updateEndpointInput>;

export const setEndpointActiveInput = z.strictObject({ endpointId, isActive: z.boolean() });
export type SetEndpointActiveInput = z.output<typeof setEndpointActiveInput>;

export const deliveryInput = z.strictObject({ deliveryId: z.uuid("This message does not exist.") });

export const DELIVERY_STATUSES = ["queued", "delivered", "failed"] as const;

export const deliveriesQuery = z.strictObject({
  status: z.enum(DELIVERY_STATUSES).optional(),
  cursor: cursorInput,
});
export type DeliveriesQuery = z.input<typeof deliveriesQuery>;

export const notificationsQuery = z.strictObject({
  show: z.enum(["unread"]).optional(),
  kind: kind.optional(),
  cursor: cursorInput,
});
export type NotificationsQuery = z.input<typeof notificationsQuery>;

export const readNotificationInput = z.strictObject({
  notificationId: z.uuid("This notification does not exist."),
  isRead: z.boolean().default(true),
});
export type ReadNotificationInput = z.output<typeof readNotificationInput>;

export const readAllInput = z.strictObject({});

const choice = z.stringbool().or(z.boolean()).optional();
const channels = z.strictObject({ inApp: choice, byMail: choice }).optional();

/** What one person changes of how they hear of each kind: what is left out stays as it is. */
export const preferencesInput = z.strictObject({
  approval_asked: channels,
  run_failed: channels,
  batch_ended: channels,
  schedule_off: channels,
  limit_reached: channels,
  spend_alert: channels,
  credit_low: channels,
  run_unpaid: channels,
  payment_failed: channels,
  invoice_issued: channels,
  credit_note_issued: channels,
  payout_update: channels,
  plan_changed: channels,
  seller_changed: channels,
} satisfies Record<(typeof NOTICE_KINDS)[number], z.ZodType>);
export type PreferencesInput = z.output<typeof preferencesInput>;
