import "server-only";
import { and, eq } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { diffGraphs, type GraphDiff } from "@/lib/workflows/diff";
import { namesInGraphs } from "@/lib/workflows/diff-names";
import { type ChangesAround, changesAround } from "./changed-since";
import { agentAgain, planResume, type ResumePlan, runInputOf } from "./commands/resume";
import type { PreviewResumeInput, RunStatus } from "./input";
import { resumesOf } from "./lineage";
import { type NewestVersion, newestVersionFor } from "./newest-version";
import { type AgainReason, reasonOf } from "./reuse";
import { savedBy } from "./savings";
import { assertResumable, loadSource, sourceSteps } from "./source";

type PlannedNode = { readonly nodeId: string; readonly name: string };

/** What resuming a run would do. Amounts are micro-dollars as digits, in the tenant's own price. */
export type ResumePreview = {
  readonly executionId: string;
  readonly on: PreviewResumeInput["on"];
  readonly newestIs: NewestVersion;
  /** What is taken over, with what it cost when it ran. */
  readonly reused: readonly (PlannedNode & { readonly costMicros: string })[];
  /** What runs, and why; with what was spent on what is taken over inside of it. */
  readonly again: readonly (PlannedNode & { readonly reason: AgainReason; readonly savedMicros: string })[];
  readonly savedMicros: string;
  /** What the run was given and the version does not ask for any more, by the names of the fields. */
  readonly leftOutInput: readonly string[];
  /** The numbers of the versions; `to` is null for a draft that was never run. */
  readonly from: number | null;
  readonly to: number | null;
  /** What changed between them; null when both are the same version. */
  readonly diff: GraphDiff | null;
  /** What changed in workflows that it calls, and the agents that are not as they were. */
  readonly around: ChangesAround;
  /** How many runs went on with it already, and the newest of them: what is left runs in each. */
  readonly resumes: number;
  readonly resumedAs: readonly { readonly id: string; readonly status: RunStatus }[];
};

/**
 * What resuming a run would take over, run again and save, without doing it.
 * @throws AppError as `resumeRun`, so that what cannot be done is said before it is tried
 */
export async function previewResume(scope: TenantScope, input: PreviewResumeInput): Promise<ResumePreview> {
  authorize(scope, "run.resume");
  return asTenant(scope, async (tx) => {
    const source = await loadSource(tx, scope, input.executionId);
    assertResumable(source);
    const { workflowId } = source;
    const { count, newest } = await resumesOf(tx, scope, source.id);
    const newestIs = await newestVersionFor(tx, scope, source);
    const base = { ...input, newestIs, from: source.version, resumes: count, resumedAs: newest };
    if (!workflowId) {
      const { graph } = await agentAgain(tx, scope, source, input.on);
      const ended = new Map(
        (await sourceSteps(tx, scope, source.id)).map(({ nodeId, status }) => [nodeId, status]),
      );
      const again = graph.nodes.map(({ id, name }) => ({
        nodeId: id,
        name,
        reason: reasonOf(ended.get(id)),
        savedMicros: "0",
      }));
      const around = { called: [], agents: [] };
      return { ...base, reused: [], again, savedMicros: "0", leftOutInput: [], to: null, diff: null, around };
    }
    const plan = await planResume(tx, scope, { ...source, workflowId }, input.on);
    const { leftOut } = runInputOf(source, plan);
    const names = new Map(plan.opened.graph.nodes.map((node) => [node.id, node.name]));
    const costs = await savedBy(tx, scope, {
      whole: plan.reused.map((step) => step.id),
      continued: plan.continued.map((step) => step.id),
    });
    const goesOn = new Map(plan.continued.map((step) => [step.nodeId, step.id]));
    return {
      ...base,
      reused: plan.reused
        .filter((step) => step.status === "completed")
        .map(({ id, nodeId }) => ({
          nodeId,
          name: names.get(nodeId) ?? nodeId,
          costMicros: (costs.get(id) ?? 0n).toString(),
        })),
      again: plan.again.map(({ node, reason }) => ({
        nodeId: node.id,
        name: node.name,
        reason,
        savedMicros: (costs.get(goesOn.get(node.id) ?? "") ?? 0n).toString(),
      })),
      savedMicros: [...costs.values()].reduce((sum, cost) => sum + cost, 0n).toString(),
      leftOutInput: leftOut,
      ...(await comparison(tx, scope, plan, source.workflowVersionId)),
      around: await changesAround(tx, scope, plan.changed),
    };
  });
}

async function comparison(tx: Tx, scope: TenantScope, plan: ResumePlan, sourceVersionId: string | null) {
  const { opened, before } = plan;
  const [version] = opened.versionId
    ? await tx
        .select({ number: workflowVersions.version })
        .from(workflowVersions)
        .where(and(eq(workflowVersions.tenantId, scope.tenantId), eq(workflowVersions.id, opened.versionId)))
    : [];
  if (opened.versionId === sourceVersionId) return { to: version?.number ?? null, diff: null };
  const names = await namesInGraphs(tx, scope, [before, opened.graph]);
  return { to: version?.number ?? null, diff: diffGraphs(before, opened.graph, names) };
}
