import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import type { Micros } from "@/lib/money";
import type { CostRange, ListLengths } from "./graph-cost";
import type { SourceRun } from "./source";
import { stepsOf } from "./store";

/** What a run cost that is to be run again, at today's prices. */
export type CostBefore = {
  readonly cost: Micros;
  /** Whether it came to its end: else it cost no more than what was done. */
  readonly isWhole: boolean;
};

/** Whether all that a run did, it did itself: it took over nothing, and nothing was pinned. */
export function didAllItself({ mode, usesPins }: Pick<SourceRun, "mode" | "usesPins">): boolean {
  return (mode === "start" || mode === "replay") && !usesPins;
}

/** What a run costs again: as much as it did if it came to its end, else at least what it had cost by then. */
export function rangeAgain({ low, likely, high }: CostRange, before: CostBefore | null): CostRange {
  if (!before) return { low, likely, high };
  const { cost, isWhole } = before;
  const atLeast = (micros: Micros) => (micros > cost ? micros : cost);
  if (!isWhole) return { low: atLeast(low), likely: atLeast(likely), high: atLeast(high) };
  return { low: low < cost ? low : cost, likely: cost, high: atLeast(high) };
}

/** How many items the lists of a run's maps had, by node. Those within other maps had different ones and are not told. */
export async function listLengths(tx: Tx, scope: TenantScope, executionId: string): Promise<ListLengths> {
  const items = sql<number | null>`coalesce(
    jsonb_array_length(${executionSteps.input}->'items'), (${executionSteps.output}->>'count')::int)`;
  const steps = await tx
    .select({ nodeId: executionSteps.nodeId, items })
    .from(executionSteps)
    .where(
      and(
        stepsOf(scope, executionId),
        eq(executionSteps.kind, "map"),
        eq(executionSteps.isPinned, false),
        eq(executionSteps.iteration, 0),
      ),
    );
  return new Map(steps.flatMap(({ nodeId, items }) => (items === null ? [] : [[nodeId, items] as const])));
}
