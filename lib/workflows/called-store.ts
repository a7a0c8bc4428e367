import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { isId } from "@/lib/ids";
import { type CalledWorkflow, calledInputs, calledOutputs } from "./called";
import type { Graph } from "./graph";
import { isRecord, type RawConfig, textOf } from "./kind";
import { MAX_WORKFLOW_DEPTH } from "./kinds/workflow";
import { type BadCall, type CalledBy, NO_VERSION, NOT_CALLABLE } from "./references";

/** One call: a workflow, and the version it is pinned to, or "" for the published one. */
type Call = { readonly workflowId: string; readonly versionId: string };

/** By workflow, the version that a run keeps to. */
export type PinnedVersions = Readonly<Record<string, string>>;

type Found = CalledWorkflow & { readonly calls: readonly Call[] };

type Self = { readonly id: string; readonly name: string };

/**
 * What the workflow nodes of a graph call, with everything that is called from there: one query for each level of calls.
 * A call that leads back to the workflow itself, or goes too deep, is a problem that names the chain.
 * @param pinned the versions that count instead of the published ones
 */
export async function loadCalled(
  tx: Tx,
  scope: TenantScope,
  self: Self,
  graph: Graph,
  pinned: PinnedVersions = {},
): Promise<CalledBy> {
  const kept = ({ workflowId, versionId }: Call): Call => ({
    workflowId,
    versionId: versionId || (pinned[workflowId] ?? ""),
  });
  const calls = graph.nodes
    .filter(({ kind }) => kind === "workflow")
    .flatMap(({ config }) => callOf(config).map(kept));
  const found = new Map<string, Found>();
  let level = calls;
  for (let depth = 1; level.length > 0 && depth <= MAX_WORKFLOW_DEPTH; depth += 1) {
    const wanted = new Map(level.map((call) => [keyOf(call), call]));
    for (const [key, workflow] of await findVersions(tx, scope, [...wanted.values()]))
      found.set(key, { ...workflow, calls: workflow.calls.map(kept) });
    level = [...wanted.keys()]
      .flatMap((key) => found.get(key)?.calls ?? [])
      .filter((call) => call.workflowId !== self.id && !found.has(keyOf(call)));
  }
  const heights: Heights = new Map();
  return (config) => {
    const [call] = callOf(config).map(kept);
    if (!call) return null;
    const problem = problemOfChain(found, heights, self, call);
    if (problem) return problem;
    return found.get(keyOf(call)) ?? (call.versionId ? NO_VERSION : NOT_CALLABLE);
  };
}

function keyOf({ workflowId, versionId }: Call): string {
  return `${workflowId}:${versionId}`;
}

function callOf(config: unknown): readonly Call[] {
  const fields: RawConfig = isRecord(config) ? config : {};
  const [workflowId, versionId] = [textOf(fields, "workflowId"), textOf(fields, "versionId")];
  return isId(workflowId) && (versionId === "" || isId(versionId)) ? [{ workflowId, versionId }] : [];
}

/** How many calls follow one another below a call, of those that are known to be sound. */
type Heights = Map<string, number>;

/** What is wrong with what a call leads to, or null. What is sound is looked at once, so diamonds cost nothing. */
function problemOfChain(
  found: ReadonlyMap<string, Found>,
  heights: Heights,
  self: Self,
  first: Call,
): BadCall | null {
  const names = [self.name];
  const open = new Set([self.id]);
  const visit = (call: Call): BadCall | null => {
    const target = found.get(keyOf(call));
    const name = call.workflowId === self.id ? self.name : target?.name;
    if (name === undefined) return null;
    const chain = [...names, name];
    if (open.has(call.workflowId))
      return { code: "self_including", problem: `a workflow cannot include itself: ${chain.join(" → ")}.` };
    if (chain.length + (heights.get(keyOf(call)) ?? 0) > MAX_WORKFLOW_DEPTH)
      return {
        code: "calls_too_deep",
        problem: `workflows call each other at most ${MAX_WORKFLOW_DEPTH} deep: ${chain.join(" → ")}.`,
      };
    if (heights.has(keyOf(call))) return null;
    names.push(name);
    open.add(call.workflowId);
    let height = 0;
    for (const next of target?.calls ?? []) {
      const problem = visit(next);
      if (problem) return problem;
      height = Math.max(height, 1 + (heights.get(keyOf(next)) ?? 0));
    }
    names.pop();
    open.delete(call.workflowId);
    heights.set(keyOf(call), height);
    return null;
  };
  return visit(first);
}

/** The versions that calls lead to, with what they take, give and call in turn. */
async function findVersions(
  tx: Tx,
  scope: TenantScope,
  calls: readonly Call[],
): Promise<readonly (readonly [string, Found])[]> {
  const wanted = sql.join(
    calls.map((call) => sql`(${call.workflowId}::uuid, ${call.versionId || null}::uuid)`),
    sql`, `,
  );
  const { rows } = await tx.execute<{
    workflow_id: string;
    version_id: string | null;
    name: string;
    is_active: boolean;
    inputs: unknown;
    outputs: unknown;
    calls: unknown;
  }>(sql`
    select w.id as workflow_id, c.version_id, w.name, w.is_active is not false as is_active,
      jsonb_path_query_first(v.dag_structure, '$.nodes[*] ? (@.kind == "input").config.fields') as inputs,
      jsonb_path_query_array(v.dag_structure, '$.nodes[*] ? (@.kind == "output").config.fields[*].key') as outputs,
      jsonb_path_query_array(v.dag_structure, '$.nodes[*] ? (@.kind == "workflow").config') as calls
    from (values ${wanted}) as c(workflow_id, version_id)
    join workflows w on w.tenant_id = ${scope.tenantId} and w.id = c.workflow_id
    join workflow_versions v on v.tenant_id = w.tenant_id and v.workflow_id = w.id
      and v.id = coalesce(c.version_id, w.published_version_id)
    where w.published_version_id is not null`);
  return rows.map((row) => {
    const call = { workflowId: row.workflow_id, versionId: row.version_id ?? "" };
    const found: Found = {
      id: row.workflow_id,
      name: row.name,
      isActive: row.is_active,
      inputs: calledInputs(row.inputs),
      outputs: calledOutputs(row.outputs),
      calls: Array.isArray(row.calls) ? row.calls.flatMap(callOf) : [],
    };
    return [keyOf(call), found] as const;
  });
}
