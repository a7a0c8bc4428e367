import { z } from "zod";
import { count, fromMicros, id, instant } from "@/lib/api/schemas";
import { defineOperation } from "../operation";

const balance = z
  .object({
    mode: z.enum(["prepaid", "postpaid"]).meta({
      description: "`prepaid`: work starts on credit that is there. `postpaid`: up to the credit limit.",
      examples: ["prepaid"],
    }),
    available: fromMicros.meta({
      description:
        "What new work can start on: `allowance`, `balance` and `creditLimit`, without `held` and `frozen`.",
    }),
    allowance: fromMicros.meta({ description: "What is left of the plan's allowance." }),
    balance: fromMicros.meta({ description: "`promo` and `paid` without `owed`: a debt below zero." }),
    promo: fromMicros.meta({ description: "Credit that was given." }),
    paid: fromMicros.meta({ description: "Credit that was bought." }),
    owed: fromMicros.meta({ description: "Usage that no credit covered and no payment has paid yet." }),
    held: fromMicros.meta({ description: "Set aside for steps under way." }),
    frozen: fromMicros.meta({ description: "Under dispute: not to be spent." }),
    creditLimit: fromMicros,
    lots: z
      .array(
        z
          .object({
            id,
            source: z.enum(["plan", "promo", "paid"]).meta({ examples: ["paid"] }),
            amount: fromMicros,
            remaining: fromMicros,
            expiresAt: instant.nullable(),
            isFrozen: z.boolean().meta({ examples: [false] }),
            reason: z
              .string()
              .nullable()
              .meta({ examples: [null] }),
          })
          .meta({ id: "CreditLot" }),
      )
      .meta({ description: "What is not used up, in the order in which it is spent." }),
  })
  .meta({ id: "Balance" });

export const getBalanceOperation = defineOperation({
  id: "getBalance",
  method: "get",
  path: "/balance",
  tag: "Credit",
  summary: "Get the balance",
  description: "What the workspace can spend, and what it is made of.",
  apiScope: "invoices:read",
  response: balance,
});

const part = (what: string, label: string) =>
  z.array(
    z.object({
      key: z
        .string()
        .nullable()
        .meta({ description: `${what}; null for what belongs to none.`, examples: ["gpt-5-mini"] }),
      label: z.string().meta({ examples: [label] }),
      cost: fromMicros,
    }),
  );

export const getSpendOperation = defineOperation({
  id: "getSpend",
  method: "get",
  path: "/spend",
  tag: "Usage",
  summary: "Get this month’s spend and forecast",
  description:
    "What was spent since the first of this month (UTC), by day, agent, workflow and model: four views of one total, from the ledger. The forecast adds, for the time that is left, the average of a day over the last 14 days. For other days, ask for usage.",
  apiScope: "invoices:read",
  response: z
    .object({
      from: z.iso.date().meta({ examples: ["2026-11-01"] }),
      to: z.iso.date().meta({ examples: ["2026-11-12"] }),
      total: fromMicros,
      forecast: z.object({
        total: fromMicros.meta({ description: "What the whole month comes to." }),
        perDay: fromMicros.meta({ description: "The average of a day." }),
        basisDays: count.meta({ description: "Over how many days it was taken.", examples: [14] }),
      }),
      byDay: z.array(z.object({ day: z.iso.date().meta({ examples: ["2026-11-01"] }), cost: fromMicros })),
      byAgent: part("The id of the agent", "Ana"),
      byWorkflow: part("The id of the workflow", "Invoices"),
      byModel: part("The key of the model", "GPT-5 mini"),
    })
    .meta({ id: "Spend" }),
});

export type BalanceOut = z.input<typeof balance>;
export type SpendOut = z.input<typeof getSpendOperation.response>;
