import "server-only";
import { and, eq, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import {
  type CitingStep,
  namesSources,
  readAnswer,
  readSources,
  type Source,
  withoutMarks,
  withSources,
} from "./sources";

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

type Shown = {
  readonly executionId: string;
  readonly result: Readonly<Record<string, unknown>>;
  /** Whether documents are named, by what they are called and the page. Otherwise nothing is said of them. */
  readonly namesSources: boolean;
};

/** A result for the person who has sent a form. */
export async function shownResult(
  tx: Tx,
  scope: TenantScope,
  { executionId, result, namesSources: isNaming }: Shown,
): Promise<ShownField[]> {
  const hasNumbers = Object.values(result).some((value) => typeof value === "string" && namesSources(value));
  const steps = hasNumbers ? await citingSteps(tx, scope, executionId) : [];
  return Object.entries(result).flatMap(([key, value]) => {
    const shown = isNaming ? shownField(value, steps) : plainField(value, steps);
    return shown ? [{ key, ...shown }] : [];
  });
}

function shownField(value: unknown, steps: readonly CitingStep[]): Omit<ShownField, "key"> {
  if (typeof value === "string") return withSources(value, steps);
  const sources = readSources(value);
  if (sources) return { text: "", sources };
  return readAnswer(value) ?? otherField(value);
}

/** The same without a word of documents; null where there is nothing else. */
function plainField(value: unknown, steps: readonly CitingStep[]): Omit<ShownField, "key"> | null {
  if (typeof value === "string") return { text: withoutMarks(value, steps), sources: [] };
  if (readSources(value)) return null;
  const answer = readAnswer(value);
  return answer ? { text: withoutMarks(answer.text, [answer]), sources: [] } : otherField(value);
}

function otherField(value: unknown): Omit<ShownField, "key"> {
  if (typeof value !== "object") return { text: String(value), sources: [] };
  return value === null ? { text: "None", sources: [] } : { text: "", sources: [], value };
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
