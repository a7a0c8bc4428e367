import { and, asc, eq, gte, sql } from "drizzle-orm";
import { executionSteps, executions } from "@/db/schema/ai";
import { AppError } from "@/lib/errors";
import type { ConfigOf } from "@/lib/workflows/nodes";
import { cancelRunsOf } from "../below";
import { carryOverParts, continuedStep, type Part, sizeBefore } from "../carry-over";
import { insertChildren } from "../children";
import { asStored, assertOutputSize } from "../clean";
import { stopsRun } from "../node-policy";
import { noteProgress } from "../steps";
import type { NodeResult, NodeValues } from "./runner";
import { bodyResult, childFailure, type SuspendContext, suspender } from "./suspender";
import { evaluate } from "./values";

type Progress = {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly started: number;
};

/** What is around the value in the result of an item, in bytes. */
const RESULT_FRAME = '{"value":}'.length;

/** Runs its body once for each item of a list, so many at once. Each item is a run of its own. */
export const mapSuspender = suspender("map", {
  begin: async (config, values, context) => {
    // As the later ones will be read.
    const items = listOf(config, values).map(asStored);
    if (items.length === 0) return { result: { output: { items: [], errors: [], count: 0 } } };
    const { tx, scope, held } = context;
    const parts = items.map((item, index) => ({ index, input: { item, index } }));
    // What is too much in the end is not copied first.
    const before = await sizeBefore(tx, scope, held, parts);
    assertOutputSize(before.bytes - before.count * RESULT_FRAME, held.node.name);
    const carried = new Set(await carryOverParts(tx, scope, held, parts));
    const first = parts.filter(({ index }) => !carried.has(index)).slice(0, config.maxParallel);
    if (first.length === 0) return { result: { ...(await collect(config, context)), input: { items } } };
    await startItems(context, first);
    const started = (first.at(-1)?.index ?? 0) + 1;
    return { input: { items }, detail: { total: items.length, done: carried.size, failed: 0, started } };
  },
  childEnded: async (config, child, context) => {
    const { tx, scope, held, ups } = context;
    if (child.status !== "completed" && (config.onItemError === "fail" || stopsRun(child.code))) {
      await cancelRunsOf(tx, scope, [held.stepId], ups);
      throw childFailure(held.node.name, `item ${child.index + 1}`, child);
    }
    const before = await progressOf(context);
    const hasFailed = child.status !== "completed";
    const next = await nextIndex(context, before);
    const progress = {
      total: before.total,
      done: before.done + (hasFailed ? 0 : 1),
      failed: before.failed + (hasFailed ? 1 : 0),
      started: next === null ? before.total : next + 1,
    };
    await noteProgress(tx, scope, held, progress);
    if (next !== null) {
      const item = await itemAt(context, next);
      await startItems(context, [{ index: next, input: { item, index: next } }]);
    }
    return progress.done + progress.failed < progress.total ? null : collect(config, context);
  },
});

const GIVEN: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  bigint: "a number",
  boolean: "yes or no",
};

function listOf(config: ConfigOf<"map">, values: NodeValues): readonly unknown[] {
  const items = evaluate(values, "List", config.items);
  if (!Array.isArray(items)) {
    const given = items === null ? "nothing" : (GIVEN[typeof items] ?? "an object");
    const what = `“${values.nodeName}”, List: this gave ${given}, not a list.`;
    const path = config.items.trim();
    const isName = typeof items === "string" && /^[\w.]+$/.test(path);
    const advice = isName ? ` For a list of its lines, write ${path}.split("\\n").` : "";
    throw new AppError("invalid", `${what}${advice}`, { reason: "template" });
  }
  if (items.length > config.maxItems) {
    const message = `“${values.nodeName}” was given ${items.length.toLocaleString("en-US")} items; it takes at most ${config.maxItems.toLocaleString("en-US")}.`;
    throw new AppError("limit_exceeded", message, { reason: "too_many_items" });
  }
  return items;
}

async function startItems({ tx, scope, held, ups }: SuspendContext, parts: readonly Part[]): Promise<void> {
  const children = parts.map((part) => ({ ...part, bodyNodeId: held.node.id }));
  for (const id of await insertChildren(tx, scope, held, children)) ups.starts.add(id);
}

/** The next item that has no run yet; those that were taken over from a resumed run have one. */
async function nextIndex(
  { tx, scope, held }: SuspendContext,
  { started, total }: Progress,
): Promise<number | null> {
  if (started >= total) return null;
  if (!continuedStep(held)) return started;
  const there = await tx
    .select({ index: executions.itemIndex })
    .from(executions)
    .where(
      and(
        eq(executions.tenantId, scope.tenantId),
        eq(executions.parentStepId, held.stepId),
        gte(executions.itemIndex, started),
      ),
    );
  const taken = new Set(there.map((run) => run.index));
  for (let index = started; index < total; index += 1) if (!taken.has(index)) return index;
  return null;
}

function stepIs({ scope, held }: SuspendContext) {
  return and(eq(executionSteps.tenantId, scope.tenantId), eq(executionSteps.id, held.stepId));
}

async function progressOf(context: SuspendContext): Promise<Progress> {
  const [step] = await context.tx
    .select({ detail: sql<Progress>`${executionSteps.detail}` })
    .from(executionSteps)
    .where(stepIs(context));
  if (!step) throw new AppError("internal", "The step of a map is gone.");
  return step.detail;
}

/** One item of the list, without reading the others. */
async function itemAt(context: SuspendContext, index: number): Promise<unknown> {
  const [step] = await context.tx
    .select({ item: sql<unknown>`${executionSteps.input}->'items'->${index}::int` })
    .from(executionSteps)
    .where(stepIs(context));
  return step?.item ?? null;
}

async function collect(config: ConfigOf<"map">, { tx, scope, held }: SuspendContext): Promise<NodeResult> {
  const ofStep = and(eq(executions.tenantId, scope.tenantId), eq(executions.parentStepId, held.stepId));
  // A thousand items may have given a gigabyte, which no process could take in.
  const [given] = await tx
    .select({
      bytes:
        sql<number>`coalesce(sum(octet_length(${executions.resultData}::text) - ${RESULT_FRAME}), 0)`.mapWith(
          Number,
        ),
    })
    .from(executions)
    .where(and(ofStep, eq(executions.status, "completed")));
  assertOutputSize(given?.bytes ?? 0, held.node.name);
  const runs = await tx
    .select({
      index: sql<number>`${executions.itemIndex}`,
      status: executions.status,
      result: executions.resultData,
      message: executions.errorMessage,
    })
    .from(executions)
    .where(ofStep)
    .orderBy(asc(executions.itemIndex));
  const failed = runs.filter((run) => run.status !== "completed");
  const shown = config.onItemError === "skip" ? runs.filter((run) => run.status === "completed") : runs;
  const items = shown.map((run) => (run.status === "completed" ? bodyResult(run.result) : null));
  const errors = failed.map(({ index, message }) => ({ index, message: message ?? "It was cancelled." }));
  return { output: { items, errors, count: items.length } };
}
