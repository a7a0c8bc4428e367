import { z } from "zod";
import { tokens } from "@/lib/api/execution-schemas";
import { count, fromNumeric } from "@/lib/api/schemas";
import { dayInput } from "@/lib/day";
import { MAX_USAGE_DAYS, USAGE_GROUPS } from "@/lib/usage/input";
import { defineOperation } from "../operation";

export const getUsageOperation = defineOperation({
  id: "getUsage",
  method: "get",
  path: "/usage",
  tag: "Usage",
  summary: "Get usage",
  description:
    "What was used and what it cost in a range of days (UTC), in your prices. All figures are sums of the ledger.",
  apiScope: "usage:read",
  query: z.strictObject({
    from: dayInput.optional().describe("The first day. Default: the first of the month of `to`."),
    to: dayInput
      .optional()
      .describe(`The last day, at most ${MAX_USAGE_DAYS} days after the first. Default: today.`),
    by: z.enum(USAGE_GROUPS).default("day").describe("What a row is."),
  }),
  response: z
    .object({
      from: z.iso.date().meta({ examples: ["2026-11-01"] }),
      to: z.iso.date().meta({ examples: ["2026-11-30"] }),
      by: z.enum(USAGE_GROUPS).meta({ examples: ["model"] }),
      total: fromNumeric,
      runs: count.meta({ examples: [42] }),
      data: z.array(
        z
          .object({
            key: z
              .string()
              .nullable()
              .meta({
                description: "The day, the id of the agent or workflow, or the key of the model or resource.",
                examples: ["gpt-5-mini"],
              }),
            label: z.string().meta({ examples: ["GPT-5 mini"] }),
            cost: fromNumeric,
            runs: count.meta({ examples: [42] }),
            tokens,
            nodes: count.meta({ description: "Nodes that ran.", examples: [0] }),
          })
          .meta({ id: "UsageRow" }),
      ),
    })
    .meta({ id: "Usage" }),
  example: { query: { by: "model" } },
});
