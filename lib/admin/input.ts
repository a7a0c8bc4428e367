import { z } from "zod";
import { emailInput } from "@/lib/accounts/email-address";
import { invitationInput } from "@/lib/accounts/input";
import { PROVIDERS } from "@/lib/ai/model-ref";
import { dayInput } from "@/lib/day";
import { emptiedIsNothing } from "@/lib/emptied";
import { cursorInput } from "@/lib/paging";
import { wholeNumber } from "@/lib/whole-number";

const name = z.string().trim().min(2, "Use at least 2 characters.").max(120, "Use at most 120 characters.");
const reason = z
  .string()
  .trim()
  .min(5, "Say why, in at least 5 characters: it is kept.")
  .max(500, "Use at most 500 characters.");

export const listTenantsInput = z.strictObject({
  q: z.string().trim().max(200).optional(),
  status: z.enum(["active", "suspended"]).optional(),
  partnerId: z.uuid().optional(),
  cursor: cursorInput,
});

export const listUsersInput = z.strictObject({
  q: z.string().trim().max(200).optional(),
  role: z.enum(["tenant_admin", "user", "partner_admin", "app_admin"]).optional(),
  state: z.enum(["active", "inactive", "unverified"]).optional(),
  tenantId: z.uuid().optional(),
  cursor: cursorInput,
});

export const suspendTenantInput = z.strictObject({ tenantId: z.uuid(), reason });
/** So many days a workspace may be given to pay what it owes. */
const MOST_GRACE_DAYS = 60;
export const reactivateTenantInput = z.strictObject({
  tenantId: z.uuid(),
  /** How long it may pay what has suspended it; needed where a debt demands the suspension. */
  graceDays: z.coerce
    .number("Give a number of days.")
    .int("Give whole days.")
    .min(1, "Give at least one day.")
    .max(MOST_GRACE_DAYS, `Give at most ${MOST_GRACE_DAYS} days.`)
    .optional(),
});
export const viewAsInput = z.strictObject({ tenantId: z.uuid(), reason });
/** A hidden field of a form says `true` or `false`. */
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);
export const setUserActiveInput = z.strictObject({ userId: z.uuid(), isActive: flag, reason });

export const makeTenantAdminInput = z.strictObject({ userId: z.uuid(), reason });

export const createPartnerInput = z.strictObject({
  name,
  adminEmail: emailInput,
});

export const invitePartnerAdminInput = z.strictObject({ partnerId: z.uuid(), email: emailInput });
export const partnerInvitationInput = invitationInput.extend({ partnerId: z.uuid() });

export const inviteTenantAdminInput = z.strictObject({ tenantId: z.uuid(), email: emailInput });
export const tenantInvitationInput = invitationInput.extend({ tenantId: z.uuid() });

export const setPartnerStatusInput = z.strictObject({
  partnerId: z.uuid(),
  status: z.enum(["active", "suspended"]),
  reason,
});

/** Whose customer a workspace becomes; `direct`: nobody's, it buys from the platform. */
export const handOverTenantInput = z.strictObject({
  tenantId: z.uuid(),
  partnerId: z
    .union([z.uuid(), z.literal("direct")], "Choose who sells to it.")
    .transform((id) => (id === "direct" ? null : id)),
  reason,
});

const modelKey = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/i, "Use letters, digits and . _ : / - only, at most 100.");
const optionalText = (max: number) =>
  z
    .string()
    .trim()
    .max(max, `Use at most ${max} characters.`)
    .optional()
    .transform((text) => text || null);
/** An empty field of a form says nothing: it leaves a limit to whatever stands behind it. */
const optionalNumber = (least: number, most: number) =>
  z
    .preprocess(emptiedIsNothing, wholeNumber(least, most).optional())
    .optional()
    .transform((value) => value ?? null);
const optionalTokens = optionalNumber(1, 100_000_000);

export const saveModelInput = z.strictObject({
  /** Whether it is to be added: then its key must be free. */
  isNew: flag.default(false),
  modelKey,
  modelName: name,
  provider: z.enum(PROVIDERS, "Choose a provider."),
  modelType: z.enum(["text", "embedding"], "Choose what it does."),
  providerModel: optionalText(200),
  description: optionalText(500),
  contextTokens: optionalTokens,
  maxOutputTokens: optionalTokens,
});

export const setModelActiveInput = z.strictObject({ modelKey, isActive: z.boolean() });

const planName = z.string().trim().min(1).max(100);

/** How much the tenants of a plan may run at once, have waiting, and start a minute (empty: as many as they like). */
export const setPlanLimitsInput = z.strictObject({
  planName,
  maxRunning: wholeNumber(1, 10_000),
  maxQueued: wholeNumber(0, 1_000_000),
  startsPerMinute: optionalNumber(1, 100_000),
});

/** The same for one tenant; what is empty is the plan's. */
export const setTenantLimitsInput = z.strictObject({
  tenantId: z.uuid(),
  maxRunning: optionalNumber(1, 10_000),
  maxQueued: optionalNumber(0, 1_000_000),
  startsPerMinute: optionalNumber(1, 100_000),
});

/** A job by its name, and with a key the work of it that is one tenant's. */
export const jobLaneInput = z.strictObject({
  functionId: z.string().trim().min(1).max(200),
  key: z.string().max(500).default(""),
});
export const jobRunInput = z.strictObject({ runId: z.uuid() });
export const purgeJobsInput = z.strictObject({});

export const setConfigInput = z.strictObject({
  key: z.string().trim().min(1),
  value: z.string().trim().min(1, "Give a value.").max(10_000, "Use at most 10,000 characters."),
});

export const clearConfigInput = z.strictObject({ key: z.string().trim().min(1) });

export const listAuditInput = z.strictObject({
  action: z.string().trim().max(200).optional(),
  tenantId: z.uuid().optional(),
  actorId: z.string().trim().max(100).optional(),
  result: z.enum(["done", "denied"]).optional(),
  from: dayInput.optional(),
  to: dayInput.optional(),
  cursor: cursorInput,
});

export type ListTenantsInput = z.output<typeof listTenantsInput>;
export type ListUsersInput = z.output<typeof listUsersInput>;
export type SuspendTenantInput = z.output<typeof suspendTenantInput>;
export type ReactivateTenantInput = z.output<typeof reactivateTenantInput>;
export type ViewAsInput = z.output<typeof viewAsInput>;
export type SetUserActiveInput = z.output<typeof setUserActiveInput>;
export type CreatePartnerInput = z.output<typeof createPartnerInput>;
export type InvitePartnerAdminInput = z.output<typeof invitePartnerAdminInput>;
export type PartnerInvitationInput = z.output<typeof partnerInvitationInput>;
export type MakeTenantAdminInput = z.output<typeof makeTenantAdminInput>;
export type InviteTenantAdminInput = z.output<typeof inviteTenantAdminInput>;
export type TenantInvitationInput = z.output<typeof tenantInvitationInput>;
export type HandOverTenantInput = z.output<typeof handOverTenantInput>;
export type SetPartnerStatusInput = z.output<typeof setPartnerStatusInput>;
export type SaveModelInput = z.output<typeof saveModelInput>;
export type SetModelActiveInput = z.output<typeof setModelActiveInput>;
export type SetPlanLimitsInput = z.output<typeof setPlanLimitsInput>;
export type SetTenantLimitsInput = z.output<typeof setTenantLimitsInput>;
export type JobLaneInput = z.output<typeof jobLaneInput>;
export type JobRunInput = z.output<typeof jobRunInput>;
export type SetConfigInput = z.output<typeof setConfigInput>;
export type ClearConfigInput = z.output<typeof clearConfigInput>;
export type ListAuditInput = z.output<typeof listAuditInput>;
