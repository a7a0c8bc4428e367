import { and, asc, eq, or } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import { type Micros, microsFromNumeric } from "@/lib/money";
import type { TestTenant } from "@/lib/testing/scopes";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { driveOn } from "./paid-testing";
import { chain } from "./testing";

const isOfTree = (executionId: string) =>
  or(eq(executions.id, executionId), eq(executions.rootExecutionId, executionId));

/** A run and the parts of it, the oldest first. */
export function treeOf({ job }: TestTenant, executionId: string) {
  return asWorker(job, (tx) =>
    tx.select().from(executions).where(isOfTree(executionId)).orderBy(asc(executions.id)),
  );
}

/** How a run and the parts of it stand, the oldest first, without what they were given and gave. */
export function standsOf({ job }: TestTenant, executionId: string) {
  const { id, status } = executions;
  return asWorker(job, (tx) =>
    tx.select({ id, status }).from(executions).where(isOfTree(executionId)).orderBy(asc(id)),
  );
}

/** Works on a run and its parts until none of them can go on. @returns how the run stands then */
export async function driveTree(tenant: TestTenant, executionId: string): Promise<string | null> {
  for (;;) {
    const tree = await standsOf(tenant, executionId);
    const live = tree.filter(({ status }) => status === "pending" || status === "running");
    if (live.length === 0) return tree.find(({ id }) => id === executionId)?.status ?? null;
    for (const { id } of live) await driveOn(tenant, id);
  }
}

/** What the ledger has of a run with its parts. */
export async function billedFor({ job }: TestTenant, executionId: string): Promise<Micros> {
  const rows = await asWorker(job, (tx) =>
    tx
      .select({ cost: ledgerEntries.tenantCost })
      .from(ledgerEntries)
      .where(
        and(
          eq(ledgerEntries.tenantId, job.tenantId),
          or(eq(ledgerEntries.executionId, executionId), eq(ledgerEntries.rootExecutionId, executionId)),
        ),
      ),
  );
  return rows.reduce((sum, { cost }) => sum + microsFromNumeric(cost), 0n);
}

/** A node that goes through a list, one item after the other. */
export function mapNode(id: string, items: string, config: Record<string, unknown> = {}): GraphNode {
  const bounds = { maxParallel: 1, maxItems: 100, onItemError: "fail" };
  return testNode(id, "map", { items, ...bounds, mode: "template", value: "{{ item }}", ...config });
}

/** Nodes in the body of another. */
export function inside(parent: string, ...nodes: readonly GraphNode[]): GraphNode[] {
  return nodes.map((node) => ({ ...node, parent }));
}

type Beside = {
  /** Nodes in the bodies of these. */
  readonly more?: readonly GraphNode[];
  readonly edges?: readonly (readonly [string, string])[];
};

/** Input → the given nodes one after the other → output, with what is inside of them. */
export function line(nodes: readonly GraphNode[], { more = [], edges = [] }: Beside = {}): Graph {
  const { nodes: outside, edges: forward } = chain(nodes, "done");
  return testGraph([...outside, ...more], [...forward, ...edges.map(([from, to]) => testEdge(from, to))]);
}
