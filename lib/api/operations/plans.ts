import { z } from "zod";
import { count, fromCents, fromMicros, id } from "@/lib/api/schemas";
import { defineOperation } from "../operation";

const price = fromCents.nullable();

const plan = z
  .object({
    id,
    key: z.string().meta({ examples: ["team"] }),
    name: z.string().meta({ examples: ["Team"] }),
    description: z
      .string()
      .nullable()
      .meta({ examples: ["For a team that works with agents every day."] }),
    allowance: fromMicros.meta({ description: "Usage that each month includes." }),
    monthly: price.meta({ description: "A month, before tax; null where it is not sold so." }),
    annual: price.meta({ description: "A year in advance, before tax; null where it is not sold so." }),
    runsAtOnce: count.nullable().meta({
      description:
        "How many runs may go on at once, without those that only wait and without the parts of runs; null: the default.",
      examples: [50],
    }),
  })
  .meta({ id: "Plan" });

export const listPlansOperation = defineOperation({
  id: "listPlans",
  method: "get",
  path: "/plans",
  tag: "Plan",
  summary: "List plans",
  description: "What the workspace can choose from, at the prices of now.",
  apiScope: "invoices:read",
  response: z.object({ data: z.array(plan) }),
});

export type PlanOut = z.input<typeof plan>;
