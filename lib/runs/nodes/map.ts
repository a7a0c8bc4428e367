import { and, asc, eq, sql } from "drizzle-orm";
import { executionSteps, executions } from "@/db/schema/ai";
import { AppError } from "@/lib/errors";
import type { ConfigOf } from "@/lib/workflows/nodes";
import { cancelRunsOf } from "../below";
import { insertChildren } from "../children";
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

/** Runs its body once for each item of a list, so many at once. Each item is a run of its own. */
export const mapSuspender = suspender("map", {
  begin: async (config, values, context) => {
    const items = listOf(config, values);
    if (items.length === 0) return { result: { output: { items: [], errors: [], count: 0 } } };
    const started = Math.min(config.maxParallel, items.length);
    await startItems(context, items.slice(0, started), 0);
    return { input: { items }, detail: { total: items.length, done: 0, failed: 0, started } };
  },
  childEnded: async (config, child, context) => {
    const { tx, scope, held, ups } = context;
    if (child.status !== "completed" && config.onItemError === "fail") {
      await cancelRunsOf(tx, scope, [held.stepId], ups);
      throw childFailure(held.node.name, `item ${child.index + 1}`, child);
    }
    const before = await progressOf(context);
    const hasFailed = child.status !== "completed";
    const isMore = before.started < before.total;
    const progress = {
      total: before.total,
      done: before.done + (hasFailed ? 0 : 1),
      failed: before.failed + (hasFailed ? 1 : 0),
      started: before.started + (isMore ? 1 : 0),
    };
    await noteProgress(tx, scope, held, progress);
    if (isMore) await startItems(context, [await itemAt(context, before.started)], before.started);
    return progress.done + progress.failed < progress.total ? null : collect(config, context);
  },
});

function listOf(config: ConfigOf<"map">, values: NodeValues): readonly unknown[] {
  const items = evaluate(values, "List", config.items);
  if (!Array.isArray(items)) {
    const given = items === null ? "nothing" : typeof items === "object" ? "an object" : `a ${typeof items}`;
    throw new AppError("invalid", `“${values.nodeName}”, List: this gave ${given}, not a list.`, {
      reason: "template",
    });
  }
  if (items.length > config.maxItems) {
    const message = `“${values.nodeName}” was given ${items.length.toLocaleString("en-US")} items; it takes at most ${config.maxItems.toLocaleString("en-US")}.`;
    throw new AppError("limit_exceeded", message, { reason: "too_many_items" });
  }
  return items;
}

async function startItems(
  { tx, scope, held, ups }: SuspendContext,
  items: readonly unknown[],
  first: number,
): Promise<void> {
  const children = items.map((item, place) => ({
    index: first + place,
    input: { item, index: first + place },
    bodyNodeId: held.node.id,
  }));
  for (const id of await insertChildren(tx, scope, held, children)) ups.starts.add(id);
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
  const runs = await tx
    .select({
      index: sql<number>`${executions.itemIndex}`,
      status: executions.status,
      result: executions.resultData,
      message: executions.errorMessage,
    })
    .from(executions)
    .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.parentStepId, held.stepId)))
    .orderBy(asc(executions.itemIndex));
  const failed = runs.filter((run) => run.status !== "completed");
  const shown = config.onItemError === "skip" ? runs.filter((run) => run.status === "completed") : runs;
  const items = shown.map((run) => (run.status === "completed" ? bodyResult(run.result) : null));
  const errors = failed.map(({ index, message }) => ({ index, message: message ?? "It was cancelled." }));
  return { output: { items, errors, count: items.length } };
}
