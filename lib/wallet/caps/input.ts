import { z } from "zod";
import { parseMicros } from "@/lib/money";

export const CAP_SCOPES = ["tenant", "agent", "run"] as const;
export const CAP_PERIODS = ["day", "month", "run"] as const;

/** A bound on what is spent: in all, by one agent, or by one run. */
export const setCapInput = z
  .strictObject({
    scope: z.enum(CAP_SCOPES),
    agentId: z.uuid().nullable().default(null),
    period: z.enum(CAP_PERIODS),
    amount: z
      .string()
      .trim()
      .transform((text, context) => {
        const micros = parseMicros(text);
        if (micros === null || micros <= 0n) {
          context.addIssue({ code: "custom", message: "Enter an amount such as 50.00." });
          return z.NEVER;
        }
        return micros;
      }),
    isActive: z.boolean().default(true),
  })
  .superRefine((cap, context) => {
    const isRun = cap.scope === "run";
    if (isRun !== (cap.period === "run"))
      context.addIssue({
        code: "custom",
        path: ["period"],
        message: "Choose a day or a month, and for a run the run.",
      });
    if ((cap.scope === "agent") !== (cap.agentId !== null))
      context.addIssue({ code: "custom", path: ["agentId"], message: "Choose the agent." });
  });
export type SetCapInput = z.output<typeof setCapInput>;

export const removeCapInput = z.strictObject({ capId: z.uuid() });
export type RemoveCapInput = z.output<typeof removeCapInput>;
