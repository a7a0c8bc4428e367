import "server-only";
import type { z } from "zod";
import type { TenantScope } from "@/db/scope";
import { currentTime } from "@/lib/clock";
import { parseInput } from "@/lib/parse";
import { thisMonth, usageInput } from "@/lib/usage/input";
import { usageReport } from "@/lib/usage/queries";
import type { getUsageOperation } from "./operations/usage";

type Query = z.output<typeof getUsageOperation.query>;

/** The usage of a range of days; without one, of this month. @throws AppError `invalid` */
export async function usageView(
  scope: TenantScope,
  { from, to, by }: Query,
): Promise<z.input<typeof getUsageOperation.response>> {
  const month = thisMonth(currentTime());
  const range = parseInput(usageInput, {
    from: from ?? (to ? `${to.slice(0, 7)}-01` : month.from),
    to: to ?? month.to,
  });
  const { rows, total } = await usageReport(scope, range, by);
  const data = rows.map(({ inputTokens, outputTokens, embeddingTokens, ...row }) => ({
    ...row,
    tokens: { input: inputTokens, output: outputTokens, embedding: embeddingTokens },
  }));
  return { ...range, by, total: total.cost, runs: total.runs, data };
}
