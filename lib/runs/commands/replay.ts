import "server-only";
import { z } from "zod";
import { asTenant, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { parseInput } from "@/lib/parse";
import { runInputFields } from "@/lib/workflows/run-input";
import { agentRunInput, type ReplayRunInput } from "../input";
import { launchRun } from "../launch";
import type { Launch, RunStarted } from "../new-run";
import { inputAgain, loadSource, versionOfRun } from "../source";
import { assertRunnable, checkedInput, openWorkflow, workflowTarget } from "../target";
import { agentAgain, pinsOf } from "./resume";

/**
 * Starts a new run of what an earlier one ran, on the version it had or the newest, with input of its own or,
 * where none is given, with what it had: of that a version takes what it asks for. All of it runs and is billed. The source may still be running.
 *
 * @throws AppError `invalid`, reason `bad_input`, with `input.x` for each field that does not fit the version's input
 * node; `not_found`; `precondition`, reasons `part_of_run`, `playground`, `workflow_inactive`, `agent_inactive`,
 * `not_published`, `rate_missing`; `conflict`, reason `idempotency_key_reused`; `limit_exceeded`
 */
export async function replayRun(scope: TenantScope, input: ReplayRunInput): Promise<RunStarted> {
  authorize(scope, "run.replay");
  const { idempotencyKey, ...asked } = input;
  return launchRun(scope, { asked: { replay: asked }, idempotencyKey }, () =>
    asTenant(scope, (tx) => prepareReplay(tx, scope, asked)),
  );
}

async function prepareReplay(
  tx: Tx,
  scope: TenantScope,
  { executionId, on, input }: Omit<ReplayRunInput, "idempotencyKey">,
): Promise<Launch> {
  const source = await loadSource(tx, scope, executionId);
  const launch = { mode: "replay", sourceExecutionId: source.id } as const;
  if (!source.workflowId) {
    const target = await agentAgain(tx, scope, source, on, promptIn(input ?? inputAgain(source)));
    return { ...launch, target };
  }
  const newest = source.isDraftRun ? "draft" : "published";
  const opened = await openWorkflow(
    tx,
    scope,
    source.workflowId,
    on === "same" ? versionOfRun(source) : newest,
  );
  await assertRunnable(tx, scope, opened);
  const given = input ?? inputAgain(source, runInputFields(opened.graph));
  const target = await workflowTarget(tx, scope, opened, checkedInput(opened.graph, given));
  const { usesPins } = source;
  return { ...launch, usesPins, target: { ...target, ...(on === "same" ? pinsOf(source) : {}) } };
}

/** What an agent is asked, as a start of it would take it. @throws AppError `invalid` with `input.x` for each field */
function promptIn(input: unknown): unknown {
  return parseInput(z.strictObject({ input: agentRunInput }), { input }).input;
}
