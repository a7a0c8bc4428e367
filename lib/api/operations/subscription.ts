import { z } from "zod";
import { amountInput } from "@/lib/amount";
import { fromCents, fromMicros, id, instant } from "@/lib/api/schemas";
import { microsToCents } from "@/lib/money";
import { BILLING_CYCLES } from "@/lib/plans/cycles";
import { previewChangeInput } from "@/lib/subscriptions/input";
import { defineOperation } from "../operation";

const cycle = z.enum(BILLING_CYCLES).meta({ examples: ["monthly"] });

const subscription = z
  .object({
    state: z.enum(["none", "trial", "incomplete", "active", "past_due"]).meta({
      description:
        "`none`: usage is paid from credit. `incomplete`: the first fee is not paid yet. `past_due`: a fee is not paid.",
      examples: ["active"],
    }),
    plan: z
      .object({
        id: id.nullable().meta({ description: "Null for a trial." }),
        key: z.string().meta({ examples: ["team"] }),
        name: z.string().meta({ examples: ["Team"] }),
      })
      .nullable(),
    cycle: cycle.nullable().meta({ description: "How often the fee is asked for; null without a plan." }),
    fee: fromCents.nullable().meta({ description: "A month or a year, before tax." }),
    period: z
      .object({ start: instant, end: instant.meta({ description: "Exclusive." }) })
      .nullable()
      .meta({ description: "The month that runs." }),
    paidThrough: instant.nullable().meta({ description: "When what is paid is over." }),
    trialEndsAt: instant.nullable().meta({ examples: [null] }),
    cancelsAtEnd: z.boolean().meta({ examples: [false] }),
    next: z
      .object({
        kind: z.enum(["renew", "change", "end"]).meta({ examples: ["renew"] }),
        at: instant,
        planName: z
          .string()
          .nullable()
          .meta({ examples: ["Team"] }),
        cycle: cycle.nullable(),
        fee: fromCents.nullable().meta({ description: "Before tax." }),
      })
      .nullable()
      .meta({
        description:
          "What happens then: the fee is asked for again, a lower plan holds (`change`), or it ends.",
      }),
    allowance: z
      .object({
        amount: fromMicros.meta({ description: "Usage that this month includes." }),
        remaining: fromMicros.meta({ description: "What is left of it." }),
      })
      .meta({ id: "Allowance" }),
    unpaidInvoice: z
      .object({ id, number: z.string().meta({ examples: ["HB-2026-000042"] }) })
      .nullable()
      .meta({ description: "A fee that is to be paid first.", examples: [null] }),
  })
  .meta({ id: "Subscription" });

const afterwards = subscription
  .nullable()
  .meta({ description: "As it is now; null for a key without the scope `invoices:read`." });

const KINDS = ["start", "now", "later", "same"] as const;
const KIND_WORDS =
  "`start`: it begins. `now`: a higher plan, or a year in advance, holds at once for the difference. `later`: a lower one holds when what is paid is over.";

const preview = z
  .object({
    kind: z
      .enum(KINDS)
      .meta({ description: `${KIND_WORDS} \`same\`: this is the plan there is.`, examples: ["now"] }),
    planName: z.string().meta({ examples: ["Team"] }),
    cycle,
    at: instant.meta({ description: "When it holds." }),
    voids: z
      .string()
      .nullable()
      .meta({
        description: "The number of the unpaid invoice of the plan that was chosen before: it is void then.",
        examples: [null],
      }),
    lines: z
      .array(
        z
          .object({
            kind: z.string().meta({
              description: "`plan`: a whole fee. `proration`: a part of one, by the second.",
              examples: ["proration"],
            }),
            description: z
              .string()
              .meta({ examples: ["Starter plan, not used from 12 Nov 2026 to 1 Dec 2026"] }),
            amount: fromCents.meta({ description: "Less than nothing for what is given back." }),
            serviceStart: instant,
            serviceEnd: instant.meta({ description: "Exclusive." }),
          })
          .meta({ id: "PreviewLine" }),
      )
      .meta({ description: "The lines of the invoice that would be made." }),
    tax: fromCents,
    taxNote: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    total: fromCents.meta({
      description: "Invoiced now, tax included. Send its `amount` as `maxTotal` to change.",
    }),
    fee: fromCents.meta({ description: "The fee from then on, a month or a year, before tax." }),
    addedAllowance: fromMicros.meta({ description: "What this month includes more, once it is paid." }),
    monthlyAllowance: fromMicros.meta({ description: "What each whole month includes." }),
    paidThrough: instant.nullable().meta({ description: "Up to when it is paid then." }),
  })
  .meta({ id: "PlanPreview" });

export const getSubscriptionOperation = defineOperation({
  id: "getSubscription",
  method: "get",
  path: "/subscription",
  tag: "Plan",
  summary: "Get the subscription",
  description: "The plan, the month that runs, what is left of its allowance, and what comes next.",
  apiScope: "invoices:read",
  response: subscription,
});

export const previewChangeOperation = defineOperation({
  id: "previewPlanChange",
  method: "get",
  path: "/subscription/preview",
  tag: "Plan",
  summary: "Preview a change of plan",
  description:
    "What choosing a plan would do now: the very lines of its invoice, with the tax. Nothing is changed.",
  apiScope: "invoices:read",
  query: z.strictObject({
    planId: previewChangeInput.shape.planId.describe("The plan to look at."),
    cycle: previewChangeInput.shape.cycle.describe("`monthly`, or `annual`: a year in advance."),
  }),
  response: preview,
  refuses: ["not_found", "precondition"],
  example: { query: { planId: "0193a5c2-7d1e-7c3a-9b52-4f0e8a6d1b27", cycle: "monthly" } },
});

export const changePlanOperation = defineOperation({
  id: "changePlan",
  method: "post",
  path: "/subscription/change",
  tag: "Plan",
  summary: "Change the plan",
  description:
    "Begins a plan, raises it at once for the difference, or notes a lower one for the end of what is paid. The invoice is charged to the saved card when there is one. Look first: when more than `maxTotal` would be invoiced by now, nothing is done (409, reason `price_changed`).",
  apiScope: "billing:write",
  isIdempotent: true,
  body: z.strictObject({
    ...previewChangeInput.shape,
    maxTotal: amountInput({ example: "29.00", mayBeZero: true, inCents: true })
      .transform(microsToCents)
      .describe(
        "The most that may be invoiced now, in dollars, tax included: `total.amount` of the preview, such as `29.000000`, or `29`; `0` for a lower plan.",
      ),
  }),
  response: z
    .object({
      kind: z.enum(["start", "now", "later"]).meta({ description: KIND_WORDS, examples: ["now"] }),
      payment: z.enum(["none", "paid", "processing", "to_pay", "transfer"]).meta({
        description:
          "How the invoice stands. `none`: there is none. `to_pay`: by card, at `payUrl`. `transfer`: cards are not accepted here, pay by bank transfer with the invoice's number.",
        examples: ["paid"],
      }),
      invoiceId: id.nullable(),
      payUrl: z
        .url()
        .nullable()
        .meta({ description: "Where an admin pays what is open.", examples: [null] }),
      subscription: afterwards,
    })
    .meta({ id: "PlanChange" }),
  refuses: ["not_found", "conflict", "precondition", "upstream"],
  example: {
    body: { planId: "0193a5c2-7d1e-7c3a-9b52-4f0e8a6d1b27", cycle: "monthly", maxTotal: "29.00" },
  },
});

export const cancelPlanOperation = defineOperation({
  id: "cancelPlan",
  method: "post",
  path: "/subscription/cancel",
  tag: "Plan",
  summary: "Cancel the plan",
  description:
    "It stays until what is paid is over; then usage is paid from credit. One whose first fee is not paid ends at once, and its invoice is void.",
  apiScope: "billing:write",
  isIdempotent: true,
  response: z.object({ subscription: afterwards }),
  refuses: ["conflict", "precondition", "upstream"],
});

export const resumePlanOperation = defineOperation({
  id: "resumePlan",
  method: "post",
  path: "/subscription/resume",
  tag: "Plan",
  summary: "Keep the plan",
  description: "Takes back what was asked for the end of the paid time: a cancellation, or a lower plan.",
  apiScope: "billing:write",
  isIdempotent: true,
  response: z.object({ subscription: afterwards }),
  refuses: ["precondition"],
});

export type SubscriptionOut = z.input<typeof subscription>;
export type PreviewOut = z.input<typeof preview>;
export type ChangedPlanOut = z.input<typeof changePlanOperation.response>;
