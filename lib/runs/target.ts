import "server-only";
import { asTenant, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { runnableVersion } from "@/lib/agents/queries";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import type { Graph } from "@/lib/workflows/graph";
import { versionGraph } from "@/lib/workflows/queries";
import { runInputFields } from "@/lib/workflows/run-input";
import {
  checkInTenant,
  graphRefused,
  lockWorkflow,
  readGraph,
  workflowNotFound,
} from "@/lib/workflows/store";
import { DRAFT_RUN_NOTE, freezeVersion } from "@/lib/workflows/version";
import { cleanValue } from "./clean";
import type { StartRunInput } from "./input";
import { graphOf } from "./pins";
import { checkRunInput } from "./run-input";

/** What a run will follow, pinned, with its checked input. */
export type RunTarget = {
  readonly workflowId: string | null;
  readonly workflowVersionId: string | null;
  readonly agentId: string | null;
  readonly agentVersionId: string | null;
  readonly input: Readonly<Record<string, unknown>>;
  readonly graph: Graph;
};

/**
 * Pins what is to run: an agent's newest version, a workflow's published one, or its draft frozen as it is now.
 *
 * @throws AppError `not_found`; `invalid` with every problem of graph or input by field; `precondition`, reasons
 * `not_published`, `workflow_inactive`, `agent_inactive`
 */
export function pinTarget(scope: TenantScope, request: StartRunInput): Promise<RunTarget> {
  return asTenant(scope, (tx) =>
    "agentId" in request ? pinAgent(tx, scope, request) : pinWorkflow(tx, scope, request),
  );
}

async function pinAgent(
  tx: Tx,
  scope: TenantScope,
  { agentId, input }: Extract<StartRunInput, { agentId: string }>,
): Promise<RunTarget> {
  const agent = await runnableVersion(tx, scope, agentId);
  const pin = { workflowId: null, workflowVersionId: null, agentId, agentVersionId: agent.id };
  return { ...pin, input: clean(input), graph: await graphOf(tx, scope, { ...pin, name: agent.name }) };
}

async function pinWorkflow(
  tx: Tx,
  scope: TenantScope,
  request: Extract<StartRunInput, { workflowId: string }>,
): Promise<RunTarget> {
  if (!isId(request.workflowId)) throw workflowNotFound();
  const workflow = await lockWorkflow(tx, scope, request.workflowId);
  if (workflow.isActive === false) {
    throw new AppError("precondition", `The workflow ${workflow.name} is inactive. Activate it to run it.`, {
      reason: "workflow_inactive",
    });
  }
  const published = request.useDraft ? null : workflow.publishedVersionId;
  if (!request.useDraft && !published) {
    throw new AppError("precondition", `The workflow ${workflow.name} has not been published yet.`, {
      reason: "not_published",
    });
  }
  const graph = published
    ? await versionGraph(tx, scope, workflow.id, published)
    : readGraph(workflow.dagStructure);
  const issues = await checkInTenant(tx, scope, graph);
  if (issues.length > 0) throw graphRefused(issues, "run");
  const checked = checkRunInput(runInputFields(graph), request.input);
  if (!checked.ok) {
    const sentence = Object.values(checked.fields)[0]?.[0];
    throw new AppError("invalid", sentence, { reason: "bad_input", fields: checked.fields });
  }
  return {
    workflowId: workflow.id,
    workflowVersionId: published ?? (await freezeDraft(tx, scope, workflow.id, graph)),
    agentId: null,
    agentVersionId: null,
    input: clean(checked.value),
    graph,
  };
}

async function freezeDraft(tx: Tx, scope: TenantScope, workflowId: string, graph: Graph): Promise<string> {
  authorize(scope, "workflow.update");
  return (await freezeVersion(tx, scope, workflowId, graph, DRAFT_RUN_NOTE)).id;
}

function clean(input: unknown): Readonly<Record<string, unknown>> {
  return cleanValue(input) as Record<string, unknown>;
}
