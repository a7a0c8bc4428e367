import "server-only";
import { asTenant, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { nameGuarded } from "@/lib/unique-name";
import { readWorkflowFile, type WorkflowFile } from "../file";
import type { Graph } from "../graph";
import type { ImportWorkflowInput } from "../input";
import { type Missing, withMissingNote } from "../missing-note";
import { findThings } from "../used-store";
import { THINGS, type Thing, usesOf, withUses } from "../uses";
import { addDraft, type WorkflowCreated } from "./create";
import { storableGraph } from "./save";

/**
 * Adds the workflow of a file as a draft. It uses what has the same id here, else the one agent, workflow or document of
 * the same name; never a credential by its name, whose value would go where the file says. What is not here stays as it
 * is, which keeps the draft from being published, and is named in a note on the canvas.
 * @throws AppError `invalid` beside `file` for one that cannot be read, and for a graph that no save would take;
 *   `limit_exceeded`; `conflict` on a taken name
 */
export async function importWorkflow(
  scope: TenantScope,
  { name, file }: ImportWorkflowInput,
): Promise<WorkflowCreated> {
  authorize(scope, "workflow.create");
  const { description, graph: given, uses } = readWorkflowFile(file);
  const read = storableGraph(given, { isAutosave: true, verb: "created" });
  return nameGuarded("workflows_tenant_name_unique", "workflow", () =>
    asTenant(scope, async (tx) => {
      const { graph, missing } = await moveIn(tx, scope, read, uses);
      const draft = { name, description, graph: withMissingNote(graph, missing) };
      return addDraft(tx, scope, draft, { fromFile: true });
    }),
  );
}

/** A graph with what it uses replaced by what is here, and what is not. */
async function moveIn(
  tx: Tx,
  scope: TenantScope,
  graph: Graph,
  names: WorkflowFile["uses"],
): Promise<{ graph: Graph; missing: readonly Missing[] }> {
  const used = usesOf(graph);
  const here = new Map<Thing, ReadonlyMap<string, string>>();
  for (const thing of THINGS) {
    const ids = used.filter((use) => use.thing === thing).map(({ id }) => id);
    here.set(thing, await findHere(tx, scope, thing, { ids: [...new Set(ids)], names }));
  }
  const idOf = (thing: Thing, id: string) => here.get(thing)?.get(id);
  return {
    graph: withUses(graph, (thing, id) => idOf(thing, id) ?? id),
    missing: used
      .filter(({ thing, id }) => idOf(thing, id) === undefined)
      .map(({ thing, id, node }) => ({
        thing,
        node,
        name: thing === "people" ? null : (names[thing][id] ?? null),
      })),
  };
}

/** The ids here, by the ids of a file. Where several have the name it is none of them. */
async function findHere(
  tx: Tx,
  scope: TenantScope,
  thing: Thing,
  { ids, names }: { ids: readonly string[]; names: WorkflowFile["uses"] },
): Promise<ReadonlyMap<string, string>> {
  const isNamed = thing === "agents" || thing === "workflows" || thing === "documents";
  const nameOf = (id: string) => (isNamed ? names[thing][id]?.toLowerCase() : undefined);
  const found = await findThings(tx, scope, thing, { ids, names: ids.flatMap((id) => nameOf(id) ?? []) });
  const match = (id: string) => {
    const alike = found.filter((one) => one.name.toLowerCase() === nameOf(id));
    return found.find((one) => one.id === id) ?? (alike.length === 1 ? alike[0] : undefined);
  };
  return new Map(
    ids.flatMap((id) => {
      const one = match(id);
      return one ? [[id, one.id] as const] : [];
    }),
  );
}
