import "server-only";
import { and, eq, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { type CitingStep, namesSources, readAnswer, readSources, type Source, withSources } from "./sources";

/** A field of a result as its visitor sees it: a text with its sources, or a value of another shape. */
export type ShownField = {
  readonly key: string;
  readonly text: string;
  readonly sources: readonly Source[];
  /** Undefined where there is a text. */
  readonly value?: unknown;
};

/** More steps of one run that cited something are not looked at. */
const MOST_STEPS = 500;

/** A result for the person who has sent a form. Of documents it names what they are called and the page. */
export async function shownResult(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  result: Readonly<Record<string, unknown>>,
): Promise<ShownField[]> {
  const hasNumbers = Object.values(result).some((value) => typeof value === "string" && namesSources(value));
  const steps = hasNumbers ? await citingSteps(tx, scope, executionId) : [];
  return Object.entries(result).map(([key, value]) => ({ key, ...shownField(value, steps) }));
}

function shownField(value: unknown, steps: readonly CitingStep[]): Omit<ShownField, "key"> {
  if (typeof value === "string") return withSources(value, steps);
  if (typeof value !== "object") return { text: String(value), sources: [] };
  if (value === null) return { text: "None", sources: [] };
  const sources = readSources(value);
  if (sources) return { text: "", sources };
  return readAnswer(value) ?? { text: "", sources: [], value };
}

/** The steps of a run, and of what ran inside of it, that cited passages. */
async function citingSteps(tx: Tx, scope: TenantScope, executionId: string): Promise<CitingStep[]> {
  const cited = sql<unknown>`${executionSteps.detail}->'citations'`;
  const rows = await tx
    .select({ text: sql<string | null>`${executionSteps.output}->>'text'`, cited })
    .from(executionSteps)
    .innerJoin(
      executions,
      and(eq(executions.tenantId, executionSteps.tenantId), eq(executions.id, executionSteps.executionId)),
    )
    .where(
      and(
        eq(executionSteps.tenantId, scope.tenantId),
        or(eq(executions.id, executionId), eq(executions.rootExecutionId, executionId)),
        eq(executionSteps.status, "completed"),
        sql`jsonb_typeof(${cited}) = 'array'`,
      ),
    )
    .orderBy(executionSteps.startedAt, executionSteps.id)
    .limit(MOST_STEPS);
  return rows.flatMap((row) => {
    const sources = readSources(row.cited);
    return sources ? [{ text: row.text ?? "", sources }] : [];
  });
}
