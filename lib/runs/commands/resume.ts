import "server-only";
import { asTenant, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import type { Graph } from "@/lib/workflows/graph";
import { versionGraph } from "@/lib/workflows/queries";
import { runInputFields } from "@/lib/workflows/run-input";
import { type ChangedSince, changedSince, NOTHING_CHANGED } from "../changed-since";
import { type Given, nodesToRun } from "../given";
import type { PreviewResumeInput, ResumeRunInput } from "../input";
import { launchRun } from "../launch";
import type { Launch, RunStarted } from "../new-run";
import { planReuse, type ReusePlan } from "../reuse";
import {
  assertResumable,
  inputAgain,
  loadSource,
  notAskedAgain,
  type SourceRun,
  sourceSteps,
  versionOfRun,
} from "../source";
import {
  agentTarget,
  assertRunnable,
  checkedInput,
  type OpenedWorkflow,
  openWorkflow,
  workflowTarget,
} from "../target";

/**
 * Starts a new run that goes on where a failed or cancelled one ended, on the version it had or the newest. Steps that
 * are still true are taken over with their outputs: they do not run and are not billed again.
 *
 * @throws AppError `not_found`; `precondition`, reasons `still_running`, `nothing_failed`, `part_of_run`, `playground`,
 * `workflow_inactive`, `agent_inactive`, `not_published`, `rate_missing`; `invalid` when the version cannot run any more
 * or does not take the input; `conflict`, reasons `idempotency_key_reused`, and `resumed_meanwhile` when more runs than
 * were seen go on with it
 */
export async function resumeRun(scope: TenantScope, input: ResumeRunInput): Promise<RunStarted> {
  authorize(scope, "run.resume");
  const { idempotencyKey, ...asked } = input;
  return launchRun(scope, { asked: { resume: asked }, idempotencyKey }, () =>
    asTenant(scope, (tx) => prepareResume(tx, scope, asked)),
  );
}

type Asked = Omit<ResumeRunInput, "idempotencyKey">;

async function prepareResume(tx: Tx, scope: TenantScope, asked: Asked): Promise<Launch> {
  const source = await loadSource(tx, scope, asked.executionId);
  assertResumable(source);
  const { resumesSeen } = asked;
  const launch = {
    mode: "resume",
    sourceExecutionId: source.id,
    ...(resumesSeen === undefined ? {} : { resumesSeen }),
  } as const;
  if (!source.workflowId) return { ...launch, target: await agentAgain(tx, scope, source, asked.on) };
  const plan = await planResume(tx, scope, { ...source, workflowId: source.workflowId }, asked.on);
  const { input } = runInputOf(source, plan);
  const target = await workflowTarget(tx, scope, plan.opened, input);
  return {
    ...launch,
    target: { ...target, ...(asked.on === "same" ? pinsOf(source) : {}) },
    given: plan.given,
    continues: Object.fromEntries(plan.continued.map((step) => [step.nodeId, step.id])),
    usesPins: source.usesPins,
    ...(source.onlyNodes ? { onlyNodes: source.onlyNodes } : {}),
  };
}

/** What a workflow's resumed run would follow, and what it would take over. */
export type ResumePlan = ReusePlan & {
  readonly opened: OpenedWorkflow;
  /** The graph the source followed. */
  readonly before: Graph;
  readonly given: Given;
  /** What it refers to and what is another one for the new run. */
  readonly changed: ChangedSince;
};

/** @throws AppError as `resumeRun` */
export async function planResume(
  tx: Tx,
  scope: TenantScope,
  source: SourceRun & { workflowId: string },
  on: PreviewResumeInput["on"],
): Promise<ResumePlan> {
  const newest = source.isDraftRun ? "draft" : "published";
  const opened = await openWorkflow(
    tx,
    scope,
    source.workflowId,
    on === "same" ? versionOfRun(source) : newest,
  );
  const before =
    opened.versionId === source.workflowVersionId
      ? opened.graph
      : await versionGraph(tx, scope, source.workflowId, source.workflowVersionId ?? "");
  const steps = await sourceSteps(tx, scope, source.id);
  const changed = on === "same" ? NOTHING_CHANGED : await changedSince(tx, scope, source, opened.graph);
  const { nodeIds } = changed;
  const { continues: left, usesPins, onlyNodes: only } = source;
  const plan = planReuse({ before, after: opened.graph, steps, left, changed: nodeIds, usesPins, only });
  const reused = plan.reused.map((step) => ({ stepId: step.id, nodeId: step.nodeId }));
  const others = only ? plan.again.map(({ node }) => node).filter(({ id }) => !only.includes(id)) : [];
  const pinned = others.filter((node) => node.pin);
  const given = { reused, pinned, leftOut: others.filter((node) => !node.pin) };
  const runs = new Set(nodesToRun(opened.graph, given).map((node) => node.id));
  await assertRunnable(tx, scope, opened, runs);
  const again = plan.again.filter(({ node }) => runs.has(node.id));
  const continued = plan.continued.filter((step) => runs.has(step.nodeId));
  return { ...plan, again, continued, opened, before, given, changed };
}

/**
 * The source's input, read again when the node that takes it runs again; `leftOut` names the fields that were filled in
 * and that the version does not ask for. A run of some nodes reads what is pinned to that node.
 */
export function runInputOf(source: SourceRun, { before, opened, given, again }: ResumePlan) {
  const pinned = given.pinned.find(({ kind }) => kind === "input")?.pin;
  if (pinned) return { input: pinned, leftOut: [] };
  const readAgain = again.find(({ node }) => node.kind === "input")?.node;
  if (!readAgain) return { input: source.input ?? {}, leftOut: [] };
  if (source.onlyNodes && readAgain.pin)
    return { input: checkedInput(opened.graph, readAgain.pin), leftOut: [] };
  const fields = runInputFields(opened.graph);
  return {
    input: checkedInput(opened.graph, inputAgain(source, fields)),
    leftOut: notAskedAgain(source, runInputFields(before), fields),
  };
}

/** What the source refers to stays as it was for it. */
export function pinsOf({ pinnedAt, pinnedVersions }: SourceRun) {
  return { pinnedAt, ...(pinnedVersions ? { pinnedVersions } : {}) };
}

/** A run of an agent has one node, so all of it runs again. */
export function agentAgain(
  tx: Tx,
  scope: TenantScope,
  source: SourceRun,
  on: PreviewResumeInput["on"],
  input: unknown = source.input,
) {
  const versionId = on === "same" ? source.agentVersionId : null;
  return agentTarget(tx, scope, { agentId: source.agentId ?? "", versionId, input });
}
