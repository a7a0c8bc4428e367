import "server-only";
import { asTenant, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { runnableVersion } from "@/lib/agents/queries";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { isSaidByRun, runsAnyway } from "@/lib/workflows/check";
import { type Graph, parseGraph } from "@/lib/workflows/graph";
import { versionGraph } from "@/lib/workflows/queries";
import { runInputFields } from "@/lib/workflows/run-input";
import {
  checkInTenant,
  graphRefused,
  lockWorkflow,
  readWorkflow,
  refersToModels,
  staleRevision,
  workflowNotFound,
} from "@/lib/workflows/store";
import { DRAFT_RUN_NOTE, freezeVersion } from "@/lib/workflows/version";
import { cleanValue } from "./clean";
import type { StartRunInput } from "./input";
import { pinnedVersionsFor } from "./pinned-versions";
import { graphOf, wholeGraphOf } from "./pins";
import { rememberPublished } from "./published";
import { checkRunInput } from "./run-input";

/** What a run will follow, pinned, with its checked input. */
export type RunTarget = {
  readonly workflowId: string | null;
  readonly workflowVersionId: string | null;
  readonly agentId: string | null;
  readonly agentVersionId: string | null;
  readonly input: Readonly<Record<string, unknown>>;
  readonly graph: Graph;
  /** What it refers to is taken as it was then; left out: as it is at the start. */
  readonly pinnedAt?: Date;
  /** The version of each workflow it may call. */
  readonly pinnedVersions?: Readonly<Record<string, string>> | null;
};

/**
 * Pins what is to run: an agent's newest version, a workflow's published one, or its draft frozen as it is now.
 *
 * @throws AppError `not_found`; `invalid` with every problem of graph or input by field; `precondition`, reasons
 * `not_published`, `workflow_inactive`, `agent_inactive`; `conflict`, reason `stale_revision`
 */
export function pinTarget(scope: TenantScope, request: StartRunInput): Promise<RunTarget> {
  return asTenant(scope, async (tx) => {
    if ("agentId" in request) return agentTarget(tx, scope, request);
    const which = request.useDraft ? "draft" : "published";
    const opened = await openWorkflow(tx, scope, request.workflowId, which);
    assertSeen(opened, request.revision);
    await assertRunnable(tx, scope, opened);
    const { workflowId, versionId, graph } = opened;
    const models = sound.get(graph);
    if (versionId && models) rememberPublished(scope, { workflowId, versionId, graph, models });
    return workflowTarget(tx, scope, opened, checkedInput(opened.graph, request.input));
  });
}

/** A run of an agent; on its newest version, or on a version it had. @throws AppError as `pinTarget` */
export async function agentTarget(
  tx: Tx,
  scope: TenantScope,
  { agentId, versionId, input }: { agentId: string; versionId?: string | null; input: unknown },
): Promise<RunTarget> {
  const agent = await runnableVersion(tx, scope, agentId);
  const agentVersionId = versionId ?? agent.id;
  const pin = { workflowId: null, workflowVersionId: null, agentId, agentVersionId };
  return { ...pin, input: cleanInput(input), graph: await graphOf(tx, scope, { ...pin, name: agent.name }) };
}

/** A version of a workflow that may run. `versionId` is null for a draft that is not frozen yet. */
export type OpenedWorkflow = {
  readonly workflowId: string;
  readonly name: string;
  readonly versionId: string | null;
  readonly graph: Graph;
  /** Of a draft. */
  readonly revision?: number;
  /** The versions that it calls, where they are those of an earlier run. */
  readonly pinnedVersions?: RunTarget["pinnedVersions"];
};

type VersionOfRun = { readonly versionId: string } & Pick<OpenedWorkflow, "pinnedVersions">;

/** @throws AppError `not_found`; `precondition`, reasons `not_published`, `workflow_inactive` */
export async function openWorkflow(
  tx: Tx,
  scope: TenantScope,
  workflowId: string,
  which: "published" | "draft" | VersionOfRun,
): Promise<OpenedWorkflow> {
  if (!isId(workflowId)) throw workflowNotFound();
  // A draft is frozen as it is now; a version stays as it is, and starts need not wait for each other.
  const find = which === "draft" ? lockWorkflow : readWorkflow;
  const workflow = await find(tx, scope, workflowId);
  if (workflow.isActive === false) {
    throw new AppError("precondition", `The workflow ${workflow.name} is inactive. Activate it to run it.`, {
      reason: "workflow_inactive",
    });
  }
  const opened = { workflowId, name: workflow.name };
  if (which === "draft") {
    const { revision, dagStructure } = workflow;
    return { ...opened, versionId: null, graph: readDraft(dagStructure), revision };
  }
  const versionId = which === "published" ? workflow.publishedVersionId : which.versionId;
  if (!versionId) {
    throw new AppError("precondition", `The workflow ${workflow.name} has not been published yet.`, {
      reason: "not_published",
    });
  }
  const graph =
    which === "published"
      ? await wholeGraphOf(tx, scope, { workflowVersionId: versionId, agentId: null, name: workflow.name })
      : await versionGraph(tx, scope, workflowId, versionId);
  const pinnedVersions = which === "published" ? null : which.pinnedVersions;
  return { ...opened, versionId, graph, pinnedVersions };
}

/** Refuses a draft that is another than the one that was looked at. @throws AppError `conflict`, reason `stale_revision` */
export function assertSeen({ revision }: OpenedWorkflow, seen: number | undefined): void {
  if (revision !== undefined && seen !== undefined && revision !== seen) throw staleRevision(revision);
}

/** A draft as it is stored. What no save lets through may have come from elsewhere, and is named as a save would. */
function readDraft(stored: unknown): Graph {
  const parsed = parseGraph(stored);
  if (!parsed.ok) throw graphRefused(parsed.issues, "run");
  return parsed.graph;
}

/** Graphs without problems that refer to nothing outside of them but models: they cannot get any while these are there. */
const sound = new WeakMap<Graph, readonly string[]>();

/**
 * Refuses a graph with problems, such as an agent that is gone. With `nodeIds` only problems of these nodes count: the
 * others will not run. A version runs as it was published, also when no save would take it any more.
 * @throws AppError `invalid`, naming nodes and fields
 */
export async function assertRunnable(
  tx: Tx,
  scope: TenantScope,
  { workflowId: id, name, versionId, graph, pinnedVersions }: OpenedWorkflow,
  nodeIds?: ReadonlySet<string>,
): Promise<void> {
  if (sound.get(graph)?.length === 0) return;
  const all = await checkInTenant(tx, scope, { id, name }, graph, pinnedVersions ?? undefined);
  const found = all.filter((issue) => !isSaidByRun(issue));
  const issues = versionId ? found.filter((issue) => !runsAnyway(issue)) : found;
  const counting = nodeIds ? issues.filter(({ nodeId }) => nodeId && nodeIds.has(nodeId)) : issues;
  if (counting.length > 0) throw graphRefused(counting, "run");
  const models = refersToModels(graph);
  if (issues.length === 0 && models) sound.set(graph, models);
}

/** The input as the version's input node reads it. @throws AppError `invalid`, reason `bad_input`, by field */
export function checkedInput(graph: Graph, input: Readonly<Record<string, unknown>>) {
  const checked = checkRunInput(runInputFields(graph), input);
  if (!checked.ok) {
    const sentence = Object.values(checked.fields)[0]?.[0];
    throw new AppError("invalid", sentence, { reason: "bad_input", fields: checked.fields });
  }
  return checked.value;
}

/** A run of an opened workflow; a draft is frozen as it is now. */
export async function workflowTarget(
  tx: Tx,
  scope: TenantScope,
  { workflowId, versionId, graph }: OpenedWorkflow,
  input: unknown,
): Promise<RunTarget> {
  const pinnedId = versionId ?? (await freezeDraft(tx, scope, workflowId, graph));
  const pinnedVersions = await pinnedVersionsFor(tx, scope, graph);
  return { ...workflowPins(workflowId, pinnedId, input, graph), pinnedVersions };
}

/** What a run of this version of a workflow follows. */
export function workflowPins(
  workflowId: string,
  workflowVersionId: string,
  input: unknown,
  graph: Graph,
): RunTarget {
  return {
    workflowId,
    workflowVersionId,
    agentId: null,
    agentVersionId: null,
    input: cleanInput(input),
    graph,
  };
}

async function freezeDraft(tx: Tx, scope: TenantScope, workflowId: string, graph: Graph): Promise<string> {
  authorize(scope, "workflow.update");
  return (await freezeVersion(tx, scope, workflowId, graph, DRAFT_RUN_NOTE)).id;
}

function cleanInput(input: unknown): Readonly<Record<string, unknown>> {
  return cleanValue(input) as Record<string, unknown>;
}
