import { eq, sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { insertRows } from "@/db/insert-rows";
import { executionSteps, executions } from "@/db/schema/ai";
import { auditLog } from "@/db/schema/system";
import { newId } from "@/lib/ids";
import { chain, publishGraph, transformNode } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";

withTestDatabase();

async function someRun() {
  const { admin, tenantId } = await makeTenant();
  const workflowId = await publishGraph(
    admin,
    "Rows",
    chain([transformNode("t", { text: "x" })], "{{ t.text }}"),
  );
  const executionId = newId();
  await asWorker(admin, (tx) => tx.insert(executions).values({ id: executionId, tenantId, workflowId }));
  return { admin, tenantId, executionId };
}

it("keeps every value as a row of its own would", async () => {
  const { admin, tenantId, executionId } = await someRun();
  const at = new Date("2026-03-29T00:59:59.123Z");
  const outputs = [
    { text: "“q” \\ \u2028 😀", list: [1, null, 1e21, { a: "b" }] },
    "just text",
    null,
    [],
    0,
    false,
  ];
  const rows = outputs.map((output, index) => ({
    tenantId,
    executionId,
    nodeId: `n${index}`,
    kind: "transform",
    name: `Node "${index}", 'quoted'`,
    status: "completed",
    output,
    startedAt: at,
    completedAt: sql<Date>`now()`,
  }));
  await asWorker(admin, (tx) => insertRows(tx, executionSteps, rows).execute());
  const kept = await asTenant(admin, (tx) =>
    tx
      .select()
      .from(executionSteps)
      .where(eq(executionSteps.executionId, executionId))
      .orderBy(executionSteps.nodeId),
  );
  expect(kept.map((row) => row.output)).toEqual(outputs);
  expect(kept.map((row) => row.name)).toEqual(rows.map((row) => row.name));
  expect(new Set(kept.map((row) => row.startedAt?.getTime()))).toEqual(new Set([at.getTime()]));
  expect(new Set(kept.map((row) => row.id)).size).toBe(outputs.length);
  expect(kept.every((row) => row.completedAt instanceof Date && row.attempt === 0)).toBe(true);
});

it("leaves out what is known, and gives what was written", async () => {
  const { admin, tenantId, executionId } = await someRun();
  const row = (nodeId: string) => ({
    tenantId,
    executionId,
    nodeId,
    kind: "merge",
    name: nodeId,
    status: "skipped",
  });
  const unlessKnownBy = { fields: ["tenantId", "executionId", "nodeId", "iteration"] };
  const write = (nodeIds: readonly string[]) =>
    asWorker(admin, (tx) =>
      insertRows(tx, executionSteps, nodeIds.map(row), { unlessKnownBy, returning: ["nodeId"] }).execute(),
    );
  expect((await write(["a"])).rows).toEqual([{ node_id: "a" }]);
  expect((await write(["a", "b"])).rows).toEqual([{ node_id: "b" }]);
});

it("refuses a row whose field is computed where the first one's is not", async () => {
  const { admin, tenantId, executionId } = await someRun();
  const row = { tenantId, executionId, kind: "merge", name: "x", status: "completed" };
  const mixed = asWorker(admin, (tx) =>
    insertRows(tx, executionSteps, [
      { ...row, nodeId: "a", startedAt: new Date() },
      { ...row, nodeId: "b", startedAt: sql<Date>`now()` },
    ]).execute(),
  );
  await expect(mixed).rejects.toThrow("started_at is computed in some rows only");
});

it("is under the same row policies as any insert", async () => {
  const [a, b] = [await makeTenant(), await makeTenant()];
  const foreign = { tenantId: b.tenantId, actorKind: "user", actorId: "x", action: "a.b", targetType: "t" };
  await expect(
    asTenant(a.admin, (tx) => insertRows(tx, auditLog, [foreign]).execute()),
  ).rejects.toMatchObject({
    cause: { code: "42501" },
  });
});
