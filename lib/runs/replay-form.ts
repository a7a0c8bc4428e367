import "server-only";
import { isDeepStrictEqual } from "node:util";
import { asTenant } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { runnableVersion } from "@/lib/agents/queries";
import { authorize } from "@/lib/auth/authorize";
import type { Graph } from "@/lib/workflows/graph";
import type { InputField } from "@/lib/workflows/kinds/input";
import { runInputFields } from "@/lib/workflows/run-input";
import { changedSince } from "./changed-since";
import { type NewestVersion, newestVersionFor } from "./newest-version";
import { loadSource, versionOfRun } from "./source";
import { openWorkflow } from "./target";

/** What a replay asks for, by version, and what the run was given. */
export type ReplayForm = {
  readonly input: Readonly<Record<string, unknown>>;
  readonly same: readonly InputField[];
  /** Null when both ask for the same run of the same version. */
  readonly newest: readonly InputField[] | null;
  readonly newestIs: NewestVersion;
};

const PROMPT: InputField = { key: "prompt", label: "Prompt", type: "long_text", required: true };

/**
 * The forms of a replay, on the version the run had and on the newest.
 * @throws AppError `not_found`; `precondition`, reasons `part_of_run`, `playground`, `workflow_inactive`, `agent_inactive`
 */
export async function getReplayForm(
  scope: TenantScope,
  { executionId }: { executionId: string },
): Promise<ReplayForm> {
  authorize(scope, "run.replay");
  return asTenant(scope, async (tx) => {
    const source = await loadSource(tx, scope, executionId);
    const input = (source.input ?? {}) as Readonly<Record<string, unknown>>;
    const newestIs = await newestVersionFor(tx, scope, source);
    if (!source.workflowId) {
      const newest = await runnableVersion(tx, scope, source.agentId ?? "");
      const isSame = newest.id === source.agentVersionId;
      return { input, same: [PROMPT], newest: isSame ? null : [PROMPT], newestIs };
    }
    const opened = await openWorkflow(tx, scope, source.workflowId, versionOfRun(source));
    const newest = await openWorkflow(
      tx,
      scope,
      source.workflowId,
      source.isDraftRun ? "draft" : "published",
    );
    const isSame =
      isDeepStrictEqual(placeless(opened.graph), placeless(newest.graph)) &&
      (await changedSince(tx, scope, source, newest.graph)).nodeIds.size === 0;
    return {
      input,
      same: runInputFields(opened.graph),
      newest: isSame ? null : runInputFields(newest.graph),
      newestIs,
    };
  });
}

/** A graph without where its nodes are drawn, which changes nothing of a run. */
function placeless({ nodes, edges }: Graph) {
  return { nodes: nodes.map(({ position: _, size: _size, ...node }) => node), edges };
}
