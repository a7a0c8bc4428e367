import { z } from "zod";
import { cursorInput, MAX_PAGE_SIZE, PAGE_SIZE } from "@/lib/paging";
import { seenInput } from "@/lib/seen";
import { inputField } from "@/lib/workflows/kinds/input";
import { fieldKey } from "@/lib/workflows/kinds/shared";
import { cronProblem, timeZoneProblem } from "./schedule";

export const TRIGGER_KINDS = ["webhook", "schedule", "form"] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

const DELIVERY_STATUSES = ["accepted", "rejected", "left_out", "captured"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** The longest a webhook may keep its caller waiting for the result. */
export const MAX_HOOK_WAIT_SECONDS = 60;
/** A test call is waited for this long. */
export const LISTENING_MS = 10 * 60_000;

/** A box that is not ticked is not in a form at all. */
const flag = z.stringbool().or(z.boolean()).default(false);
const triggerId = z.uuid("This trigger does not exist.");
const name = z
  .string("Give it a name.")
  .trim()
  .min(1, "Give it a name.")
  .max(120, "A name has at most 120 characters.");

const webhookSettings = z.strictObject({
  requiresSignature: flag,
  /** `at_once`: 202 with the id of the run; `with_result`: waits for the run's end. */
  answer: z.enum(["at_once", "with_result"]).default("at_once"),
  waitSeconds: z.coerce
    .number("Give a number of seconds.")
    .int("Give whole seconds.")
    .min(1, "At least 1 second.")
    .max(MAX_HOOK_WAIT_SECONDS, `At most ${MAX_HOOK_WAIT_SECONDS} seconds.`)
    .default(30),
});

const SECRET_HEADERS: readonly string[] = ["authorization", "cookie", "hirebuddha-signature"];
const MOST_HEADERS = 20;

function headerProblem(header: string): string | null {
  const shown = header.length > 80 ? `${header.slice(0, 80)}…` : header;
  if (!/^[a-z0-9-]{1,80}$/.test(header))
    return `“${shown}” is no name of a header here: letters, digits and dashes, at most 80.`;
  return SECRET_HEADERS.includes(header) ? `“${header}” is a secret, which is never kept.` : null;
}

/** One field of the form, so what is wrong with one of the names is said of the list. */
const keptHeaders = z.array(z.string()).superRefine((headers, ctx) => {
  const problem =
    headers.length > MOST_HEADERS
      ? `At most ${MOST_HEADERS} headers.`
      : headers.map(headerProblem).find((sentence) => sentence !== null);
  if (problem) ctx.addIssue({ code: "custom", message: problem });
});

const mappedFields = z
  .array(
    z.strictObject({ key: fieldKey, expression: z.string().trim().max(2_000, "At most 2,000 characters.") }),
  )
  .max(50)
  .default([]);

/** How a webhook's call becomes the input of a run. */
const webhookMapping = z.strictObject({
  /** `same_names`: fields of the body by their names; `expressions`: CEL over body, headers and query. */
  mapping: z.enum(["same_names", "expressions"]).default("same_names"),
  fields: mappedFields,
  /** What of the headers expressions may read and the log keeps. */
  headers: keptHeaders.default([]),
});

export const webhookConfig = z.strictObject({
  ...webhookSettings.shape,
  ...webhookMapping.shape,
  /** Until when the next call is kept as a sample and starts nothing. */
  listeningUntil: z.iso.datetime().nullable().default(null),
});
export type WebhookConfig = z.output<typeof webhookConfig>;

export const scheduleConfig = z.strictObject({
  cron: z
    .string("Write when it should start.")
    .trim()
    .max(200, "At most 200 characters.")
    .superRefine((cron, ctx) => {
      const problem = cronProblem(cron);
      if (problem) ctx.addIssue({ code: "custom", message: problem });
    }),
  timeZone: z
    .string("Choose a time zone.")
    .trim()
    .max(64, "At most 64 characters.")
    .superRefine((name, ctx) => {
      const problem = timeZoneProblem(name);
      if (problem) ctx.addIssue({ code: "custom", message: problem });
    }),
  missed: z.enum(["skip", "run_once"]).default("skip"),
  /** Turned off after so many failed starts or runs without a good one between them. */
  maxFailures: z.coerce
    .number("Give a number.")
    .int("Give a whole number.")
    .min(1, "At least 1.")
    .max(100, "At most 100.")
    .default(5),
  /** What every run is given: the fields of the workflow's input. */
  input: z.record(z.string().max(100), z.json()).default({}),
});
export type ScheduleConfig = z.output<typeof scheduleConfig>;

export const formConfig = z.strictObject({
  title: z
    .string("Give the page a title.")
    .trim()
    .min(1, "Give the page a title.")
    .max(120, "At most 120 characters."),
  description: z.string().trim().max(2_000, "At most 2,000 characters.").default(""),
  /** `members`: people of this workspace who are signed in. */
  access: z.enum(["public", "members"]).default("public"),
  submitLabel: z.string().trim().max(40, "At most 40 characters.").default(""),
  showsResult: flag,
  /** Whether the result names the documents that its numbers stand for. */
  showsSources: flag,
  thanks: z.string().trim().max(2_000, "At most 2,000 characters.").default(""),
});
export type FormConfig = z.output<typeof formConfig>;

export const createTriggerInput = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("webhook"), workflowId: z.uuid(), name, settings: webhookSettings }),
  z.strictObject({ kind: z.literal("schedule"), workflowId: z.uuid(), name, settings: scheduleConfig }),
  z.strictObject({ kind: z.literal("form"), workflowId: z.uuid(), name, settings: formConfig }),
]);
export type CreateTriggerInput = z.output<typeof createTriggerInput>;

const changed = { triggerId, updatedAt: seenInput, name };

export const updateTriggerInput = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("webhook"), ...changed, settings: webhookSettings }),
  z.strictObject({ kind: z.literal("schedule"), ...changed, settings: scheduleConfig }),
  z.strictObject({ kind: z.literal("form"), ...changed, settings: formConfig }),
]);
export type UpdateTriggerInput = z.output<typeof updateTriggerInput>;

export type WebhookMapping = z.output<typeof webhookMapping>;

export const mapWebhookInput = z.strictObject({
  triggerId,
  ...webhookMapping.shape,
  /** What it was when its form began; left out, nothing is compared. */
  seen: webhookMapping.optional(),
});
export type MapWebhookInput = z.output<typeof mapWebhookInput>;

export const triggerIdInput = z.strictObject({ triggerId });
export type TriggerIdInput = z.output<typeof triggerIdInput>;

export const setTriggerActiveInput = z.strictObject({ triggerId, isActive: z.stringbool().or(z.boolean()) });
export type SetTriggerActiveInput = z.output<typeof setTriggerActiveInput>;

export const rotateSecretInput = z.strictObject({
  triggerId,
  /** `address`: the secret part of the address, whose old one ends at once; `signature`: the signing secret. */
  secret: z.enum(["address", "signature"]),
  /** How long signatures made with the old secret are still good. */
  graceHours: z.coerce.number().int().min(0).max(24, "At most 24 hours.").default(0),
});
export type RotateSecretInput = z.output<typeof rotateSecretInput>;

export const setListeningInput = z.strictObject({
  triggerId,
  isListening: z.stringbool().or(z.boolean()),
});
export type SetListeningInput = z.output<typeof setListeningInput>;

export const listDeliveriesInput = z.strictObject({
  status: z.enum(DELIVERY_STATUSES).optional(),
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
});
export type ListDeliveriesInput = z.input<typeof listDeliveriesInput>;

/** The fields that a workflow's input is to have. */
export const triggersToFollowInput = z.strictObject({
  workflowId: z.uuid(),
  fields: z.array(inputField).max(50),
});
export type TriggersToFollowInput = z.output<typeof triggersToFollowInput>;

/** The secret part of an address: 256 random bits. */
export const addressToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const submitFormInput = z.strictObject({
  token: addressToken,
  /** Made with the page, so that sending it twice starts one run. */
  submission: addressToken,
  input: z.record(z.string().max(100), z.json()).default({}),
});
export type SubmitFormInput = z.output<typeof submitFormInput>;
