import { drizzle } from "drizzle-orm/node-postgres";
import { beforeAll, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import { executionSteps, executions } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import { invoices } from "@/db/schema/invoices";
import { documents } from "@/db/schema/knowledge";
import { newId } from "@/lib/ids";
import { getHome } from "@/lib/tenants/home-queries";
import { withTestDatabase } from "@/lib/testing/database";
import { apiScope, makeTenant, type TestTenant } from "@/lib/testing/scopes";

withTestDatabase();

const NOW = new Date("2026-03-02T10:00:00Z");

async function spend(tenantId: string, occurredAt: string, cost: string, executionId: string | null = null) {
  const db = drizzle((await database()).pool);
  await db.insert(ledgerEntries).values({
    tenantId,
    executionId,
    resourceType: "workflow_node",
    unit: "node",
    quantity: "1.000000",
    platformCost: cost,
    tenantCost: cost,
    partnerCommission: "0.000000",
    systemRate: cost,
    tenantRate: cost,
    idempotencyKey: newId(),
    occurredAt: new Date(occurredAt),
  });
}

async function addRun(
  tenantId: string,
  status: string,
  createdAt: string,
  rootExecutionId: string | null = null,
): Promise<string> {
  const id = newId();
  const db = drizzle((await database()).pool);
  await db
    .insert(executions)
    .values({ id, tenantId, status, createdAt: new Date(createdAt), rootExecutionId });
  return id;
}

describe("getHome", () => {
  let ours: TestTenant;

  beforeAll(async () => {
    ours = await makeTenant();
    const other = await makeTenant();
    const run = await addRun(ours.tenantId, "completed", "2026-03-02T09:00:00Z");
    const part = await addRun(ours.tenantId, "failed", "2026-03-02T09:00:01Z", run);
    await addRun(ours.tenantId, "running", "2026-03-02T09:00:01Z", run);
    await addRun(ours.tenantId, "failed", "2026-03-01T23:59:59Z");
    await addRun(ours.tenantId, "running", "2026-02-20T00:00:00Z");
    await spend(ours.tenantId, "2026-02-28T23:59:59Z", "5.000000");
    await spend(ours.tenantId, "2026-03-01T00:00:00Z", "0.000001");
    await spend(ours.tenantId, "2026-03-02T09:00:00Z", "0.200000", run);
    await spend(ours.tenantId, "2026-03-02T09:00:01Z", "0.050000", part);
    await spend(other.tenantId, "2026-03-02T09:00:00Z", "99.000000");
    const db = drizzle((await database()).pool);
    await db.insert(documents).values({
      tenantId: ours.tenantId,
      filename: "broken.pdf",
      fileType: "pdf",
      sha256: newId(),
      storageKey: newId(),
      uploadStatus: "failed",
    });
    await db.insert(invoices).values({
      tenantId: ours.tenantId,
      invoiceNumber: newId(),
      totalAmount: "5.000000",
      status: "pending",
      periodStart: new Date("2026-02-01T00:00:00Z"),
      periodEnd: new Date("2026-03-01T00:00:00Z"),
      dueDate: new Date("2026-03-02T09:59:59Z"),
      sellerName: "Seller",
      customerName: "Customer",
    });
  });

  it("counts the spend of this UTC month and its days, ours alone", async () => {
    const { spend: shown } = await getHome(ours.admin, NOW);
    expect(shown.monthMicros).toBe(250_001n);
    expect(shown.byDay).toHaveLength(14);
    expect(shown.byDay.slice(-3)).toEqual([
      { day: "2026-02-28", micros: 5_000_000n },
      { day: "2026-03-01", micros: 1n },
      { day: "2026-03-02", micros: 250_000n },
    ]);
  });

  it("tells today's runs from live ones, from yesterday's failure and from parts of runs", async () => {
    const home = await getHome(ours.admin, NOW);
    expect(home.runs).toEqual({ today: 1, completedToday: 1, failedToday: 0, live: 1 });
    const none = { runs: 0, documents: 0 };
    expect(home.attention).toEqual({
      approvals: 0,
      failedRuns: 1,
      failedDocuments: 1,
      overdueInvoices: 1,
      withoutCredit: none,
      capped: none,
    });
    expect(home.firstSteps).toEqual({ hasDocument: true, hasAgent: false, hasWorkflow: false, hasRun: true });
  });

  it("counts what waits for money by run, however many steps and parts of it do", async () => {
    const waiting = await makeTenant();
    const run = await addRun(waiting.tenantId, "waiting", "2026-03-02T09:00:00Z");
    const part = await addRun(waiting.tenantId, "waiting", "2026-03-02T09:00:01Z", run);
    const asking = await addRun(waiting.tenantId, "waiting", "2026-03-02T09:00:02Z");
    const broke = await addRun(waiting.tenantId, "waiting", "2026-03-02T09:00:03Z");
    const db = drizzle((await database()).pool);
    const step = { tenantId: waiting.tenantId, status: "waiting", kind: "agent", name: "Step", needed: "1" };
    await db.insert(executionSteps).values(
      [
        { executionId: run, nodeId: "a", waitReason: "cap", capId: newId() },
        { executionId: part, nodeId: "b", waitReason: "cap", capId: newId() },
        { executionId: asking, nodeId: "a", waitReason: "ask", capId: newId() },
        { executionId: broke, nodeId: "a", waitReason: "credit" },
        { executionId: broke, nodeId: "b" },
      ].map((one) => ({ ...step, ...one })),
    );
    await db.insert(documents).values({
      tenantId: waiting.tenantId,
      filename: "long.pdf",
      fileType: "pdf",
      sha256: newId(),
      storageKey: newId(),
      uploadStatus: "processing",
      waitReason: "credit",
      needed: "1",
    });
    expect((await getHome(waiting.admin, NOW)).attention).toMatchObject({
      withoutCredit: { runs: 1, documents: 1 },
      capped: { runs: 1, documents: 0 },
    });
    // Who is not asked to allow more hears of it here.
    expect((await getHome(waiting.member, NOW)).attention.capped).toEqual({ runs: 2, documents: 0 });
  });

  it("gives each recent run what it cost with its parts", async () => {
    const { recentRuns } = await getHome(ours.admin, NOW);
    expect(recentRuns).toHaveLength(3);
    expect(recentRuns.find((run) => run.status === "completed")?.costMicros).toBe(250_000n);
    expect(recentRuns.find((run) => run.status === "failed")?.costMicros).toBe(0n);
  });

  it("keeps invoices from members and everything from machines", async () => {
    expect((await getHome(ours.member, NOW)).attention.overdueInvoices).toBe(0);
    await expect(getHome(apiScope(ours, ["usage:read"]), NOW)).rejects.toMatchObject({ code: "forbidden" });
  });
});
