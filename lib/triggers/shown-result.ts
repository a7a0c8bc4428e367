import "server-only";
import { and, eq, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { isRecord } from "@/lib/workflows/kind";
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
  const steps = namesSources(JSON.stringify(result)) ? await citingSteps(tx, scope, executionId) : [];
  return Object.entries(result).flatMap(([key, value]) => {
    const shown = isNaming ? shownField(value, steps) : plainField(value, steps);
    return shown ? [{ key, ...shown }] : [];
  });
}

function shownField(value: unknown, steps: readonly CitingStep[]): Omit<ShownField, "key"> {
  if (typeof value === "string") return withSources(value, steps);
  const sources = readSources(value);
  if (sources) return { text: "", sources };
  return readAnswer(value) ?? otherField(named(value));
}

/** The same without a word of documents; null where there is nothing else. */
function plainField(value: unknown, steps: readonly CitingStep[]): Omit<ShownField, "key"> | null {
  if (typeof value === "string") return { text: withoutMarks(value, steps), sources: [] };
  if (readSources(value)) return null;
  const answer = readAnswer(value);
  if (answer) return { text: withoutMarks(answer.text, [answer]), sources: [] };
  const rest = unnamed(value, steps);
  return rest === undefined ? null : otherField(rest);
}

function otherField(value: unknown): Omit<ShownField, "key"> {
  if (typeof value !== "object") return { text: String(value), sources: [] };
  return value === null ? { text: "None", sources: [] } : { text: "", sources: [], value };
}

/** A value of any shape, in which places in documents keep what these are called and the page. */
function named(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(named);
  if (!isRecord(value)) return value;
  return placeIn(value) ?? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, named(part)]));
}

/** The same without places and the numbers that stand for them; undefined where that is all of it. */
function unnamed(value: unknown, steps: readonly CitingStep[]): unknown {
  if (typeof value === "string") return withoutMarks(value, steps);
  if (Array.isArray(value)) {
    const parts = value.map((part) => unnamed(part, steps)).filter(isThere);
    return parts.length === 0 && value.length > 0 ? undefined : parts;
  }
  if (!isRecord(value)) return value;
  if (placeIn(value)) return undefined;
  const answer = readAnswer(value);
  const known = answer ? [...steps, answer] : steps;
  const parts = Object.entries(value).map(([key, part]) => [key, unnamed(part, known)] as const);
  return Object.fromEntries(parts.filter(([, part]) => isThere(part)));
}

function isThere(part: unknown): boolean {
  return part !== undefined;
}

/** What a value is when it is a place in a document. */
function placeIn(value: Readonly<Record<string, unknown>>): Source | undefined {
  return "documentId" in value ? readSources([value])?.[0] : undefined;
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
