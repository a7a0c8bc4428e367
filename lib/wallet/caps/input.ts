import { z } from "zod";
import { amountInput } from "@/lib/amount";

export const CAP_SCOPES = ["tenant", "agent", "run"] as const;
export const CAP_ANSWERS = ["stop", "switch", "ask"] as const;
export const CAP_PERIODS = ["day", "month", "run"] as const;

/** A bound on what is spent: in all, by one agent, or by one run. */
export const setCapInput = z
  .strictObject({
    scope: z.enum(CAP_SCOPES),
    agentId: z.uuid().nullable().default(null),
    period: z.enum(CAP_PERIODS),
    amount: amountInput({ example: "50.00" }),
    isActive: z.boolean().default(true),
    /** What an agent does that reaches it: wait, go on with a cheaper model, or ask the admins for more. */
    onReach: z.enum(CAP_ANSWERS).default("stop"),
    switchAtPercent: z.coerce
      .number("Enter a percentage.")
      .int("Enter a whole number.")
      .min(1, "At least 1.")
      .max(100, "At most 100.")
      .default(80),
    fallbackModelKey: z
      .string()
      .trim()
      .max(200)
      .nullable()
      .default(null)
      .transform((key) => key || null),
  })
  .superRefine((cap, context) => {
    const isRun = cap.scope === "run";
    if (isRun !== (cap.period === "run"))
      context.addIssue({
        code: "custom",
        path: ["period"],
        message: "Choose a day or a month, and for a run the run.",
      });
    if (cap.onReach !== "stop" && cap.scope !== "agent")
      context.addIssue({ code: "custom", path: ["onReach"], message: "Only an agent switches or asks." });
    if (cap.onReach === "switch" && !cap.fallbackModelKey)
      context.addIssue({ code: "custom", path: ["fallbackModelKey"], message: "Choose the cheaper model." });
    if ((cap.scope === "agent") !== (cap.agentId !== null))
      context.addIssue({ code: "custom", path: ["agentId"], message: "Choose the agent." });
  });
export type SetCapInput = z.output<typeof setCapInput>;

export const removeCapInput = z.strictObject({ capId: z.uuid() });
export type RemoveCapInput = z.output<typeof removeCapInput>;

export const extendCapInput = z.strictObject({
  capId: z.uuid(),
  /** What may be spent on top in the running day or month, in dollars; 0 takes it back. */
  extra: amountInput({ example: "5.00", mayBeZero: true }),
});
export type ExtendCapInput = z.output<typeof extendCapInput>;
