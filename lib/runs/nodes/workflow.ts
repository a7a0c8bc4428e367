import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { MAX_WORKFLOW_DEPTH } from "@/lib/workflows/kinds/workflow";
import { runInputFields } from "@/lib/workflows/run-input";
import { carryOverPart } from "../carry-over";
import { insertChildren } from "../children";
import { ancestorsOfRun } from "../lineage";
import { calledVersion } from "../pinned-versions";
import { checkRunInput } from "../run-input";
import type { RunFacts } from "../store";
import { childFailure, suspender } from "./suspender";
import { computeFields } from "./values";

/** Runs another workflow as a run of its own, and gives what that gave. */
export const workflowSuspender = suspender("workflow", {
  begin: async ({ workflowId, versionId, inputs }, values, { tx, scope, held, ups }) => {
    const { run } = held;
    if (await isTooDeep(tx, scope, run)) {
      const message = `“${values.nodeName}” cannot go deeper: workflows may call workflows ${MAX_WORKFLOW_DEPTH} levels deep.`;
      throw new AppError("limit_exceeded", message, { reason: "too_deep" });
    }
    const called = await calledVersion(tx, scope, run, { workflowId, versionId });
    const given = computeFields(
      values,
      inputs.filter(({ value }) => value.trim() !== ""),
    );
    const checked = checkRunInput(runInputFields(called.graph), given);
    if (!checked.ok) {
      const sentence = Object.values(checked.fields)[0]?.[0] ?? "";
      throw new AppError("invalid", `“${values.nodeName}”: ${sentence}`, { reason: "bad_input" });
    }
    const input = { workflow: called.name, version: called.version, input: checked.value };
    const part = { index: 0, input: checked.value, versionId: called.ids.workflowVersionId };
    const carried = await carryOverPart(tx, scope, held, part);
    if (carried) return { result: { output: asRecord(carried.result), input } };
    const child = { index: 0, input: checked.value, bodyNodeId: null, calls: called.ids };
    for (const id of await insertChildren(tx, scope, held, [child])) ups.starts.add(id);
    return { input };
  },
  childEnded: async (_config, child, { held }) => {
    if (child.status !== "completed") throw childFailure(held.node.name, "the workflow it runs", child);
    return { output: asRecord(child.result) };
  },
});

/** Items and rounds around a call are no calls. */
async function isTooDeep(tx: Tx, scope: TenantScope, run: RunFacts): Promise<boolean> {
  if (run.depth + 1 < MAX_WORKFLOW_DEPTH) return false;
  const called = (await ancestorsOfRun(tx, scope, run.id)).filter(({ itemIndex }) => itemIndex === null);
  return called.length + 1 >= MAX_WORKFLOW_DEPTH;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
