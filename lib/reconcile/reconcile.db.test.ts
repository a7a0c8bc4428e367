import { beforeEach, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { countSome, lookForWriters } from "@/lib/usage/count";
import { makeRuns } from "@/lib/usage/testing";
import { hold } from "@/lib/wallet/money-gatherer";
import { use } from "@/lib/wallet/testing";
import { RECONCILE_CHECKS } from "./checks";
import { decideFinding, requestReconciliation } from "./commands";
import { addDigests } from "./digest";
import { countOpenFindings, listFindings, listRuns } from "./queries";
import { runReconciliation, startDailyRun } from "./run";
import { ask, asOwner, forgetRuns, minutesOn } from "./testing";

withTestDatabase();

let platform: PlatformScope;
const findings = async (status = "open") => (await listFindings(platform, { status })).items;

beforeEach(async () => {
  platform = await makePlatform();
  await forgetRuns();
});

describe("a run", () => {
  it("is one a day, asks everything, and says what it had to leave out without Stripe", async () => {
    const id = await startDailyRun(new Date());
    expect(await startDailyRun(new Date())).toBe(id);
    const results = await runReconciliation(id, new Date());
    const expected = RECONCILE_CHECKS.map((check) => [
      check.id,
      { found: 0, fixed: 0, ...("find" in check ? {} : { skipped: "Stripe is not set up" }) },
    ]);
    expect(Object.entries(results)).toEqual(expected);
    const [run] = await listRuns(platform);
    expect(run).toMatchObject({ id, trigger: "daily", results, finishedAt: expect.any(Date) });
  });

  it("is asked for by an admin, once while it is under way", async () => {
    const clicks = await Promise.all([1, 2, 3].map(() => requestReconciliation(platform, {})));
    expect(new Set(clicks.map(({ runId }) => runId)).size).toBe(1);
    const partner = { ...platform, kind: "partner" } as unknown as PlatformScope;
    await expect(requestReconciliation(partner, {})).rejects.toMatchObject({ code: "forbidden" });
  });

  it("goes on when a check fails, and says how", async () => {
    await asOwner("alter table stripe_requests rename to away");
    try {
      expect(await ask("R11")).toMatchObject({ error: expect.stringContaining("stripe_requests") });
    } finally {
      await asOwner("alter table away rename to stripe_requests");
    }
    expect(await ask("R11")).toEqual({ found: 0, fixed: 0 });
  });
});

describe("a finding", () => {
  const drift = async (amount: string) => {
    const { tenantId } = await makeTenant();
    await asOwner("update wallets set balance = balance + $1 where tenant_id = $2", [amount, tenantId]);
    return () => asOwner("update wallets set balance = 0 where tenant_id = $1", [tenantId]);
  };

  it("is one row for as long as it is there, and closes when it is not", async () => {
    const mend = await drift("1");
    for (const day of [0, 1, 2])
      expect(await ask("R1", minutesOn(day * 1440))).toEqual({ found: 1, fixed: 0 });
    const [finding, ...others] = await findings();
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      checkId: "R1",
      subject: expect.stringContaining("I8"),
      detail: { rows: 1 },
    });
    expect(finding?.lastSeenAt.getTime()).toBeGreaterThan(finding?.createdAt.getTime() ?? 0);
    await mend();
    await ask("R1");
    expect(await findings()).toEqual([]);
    expect(await findings("fixed")).toMatchObject([{ decisionNote: "Not found any more.", decidedBy: null }]);
  });

  it("stays decided for as long as it looks the same", async () => {
    const mend = await drift("1");
    await ask("R1");
    const [finding] = await findings();
    const decision = {
      findingId: finding?.id ?? "",
      decision: "accepted",
      note: "Known since Monday.",
    } as const;
    await decideFinding(platform, decision);
    await expect(decideFinding(platform, decision)).rejects.toMatchObject({ code: "conflict" });
    await expect(decideFinding(platform, { ...decision, findingId: newId() })).rejects.toMatchObject({
      code: "not_found",
    });
    await ask("R1");
    expect(await countOpenFindings(platform)).toBe(0);
    expect(await findings("accepted")).toMatchObject([
      { decisionNote: decision.note, decidedBy: "Test app_admin" },
    ]);
    const mendOther = await drift("2");
    await ask("R1");
    expect(await findings()).toMatchObject([{ detail: { rows: 2 } }]);
    await mend();
    await mendOther();
  });
});

describe("what is found", () => {
  it("R1: a ledger that was changed behind its triggers, by the chain of its days", async () => {
    const tenant = await makeTenant();
    const [entryId] = await use(tenant.job, [{ cost: 0n }]);
    const past = (set: string, where: string) =>
      asOwner(`alter table ledger_entries disable trigger user; update ledger_entries set ${set} where ${where};
        alter table ledger_entries enable trigger user`);
    const own = `id = '${entryId}'`;
    expect(await addDigests(minutesOn(3 * 1440))).toBeGreaterThan(0);
    expect(await addDigests(minutesOn(3 * 1440))).toBe(0);
    expect(await ask("R1")).toEqual({ found: 0, fixed: 0 });
    await past("unit = 'other'", own);
    expect(await ask("R1")).toEqual({ found: 1, fixed: 0 });
    expect(await findings()).toMatchObject([
      { detail: { problem: expect.stringContaining("a row was changed") } },
    ]);
    await past("unit = 'node'", own);
    await asOwner(`alter table ledger_digests disable trigger user; update ledger_digests set tenant_cost = tenant_cost + 1;
      alter table ledger_digests enable trigger user`);
    await ask("R1");
    expect(await findings()).toMatchObject([{ detail: { problem: "The digest itself was changed." } }]);
    await asOwner(`alter table ledger_digests disable trigger user; delete from ledger_digests;
      alter table ledger_digests enable trigger user`);
  });

  it("R2: a run that worked and was not charged", async () => {
    const tenant = await makeTenant();
    const [workflowId, runId] = [newId(), newId()];
    const { tenantId } = tenant;
    await asOwner("insert into workflows (id, tenant_id, name, dag_structure) values ($1, $2, 'W', '{}')", [
      workflowId,
      tenantId,
    ]);
    await asOwner(
      "insert into executions (id, tenant_id, workflow_id, status, completed_at, input_data) values ($1, $2, $3, 'completed', now(), '{}')",
      [runId, tenantId, workflowId],
    );
    expect(await ask("R2")).toEqual({ found: 0, fixed: 0 });
    await asOwner(
      `insert into execution_steps (id, tenant_id, execution_id, node_id, kind, name, status)
       values ($1, $2, $3, 'a', 'llm', 'A', 'completed')`,
      [newId(), tenantId, runId],
    );
    expect(await ask("R2")).toEqual({ found: 1, fixed: 0 });
    expect(await findings()).toMatchObject([{ subject: `Run ${runId} completed and was not charged` }]);
    await asOwner("update execution_steps set is_pinned = true where execution_id = $1", [runId]);
    expect(await ask("R2")).toEqual({ found: 0, fixed: 0 });
  });

  it("R3: what is set aside for nothing, given back by itself", async () => {
    const tenant = await makeTenant();
    await asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key: "gone" }, 1_000_000n));
    expect(await ask("R3")).toEqual({ found: 0, fixed: 0 });
    expect(await ask("R3", minutesOn(26))).toEqual({ found: 1, fixed: 1 });
    const [wallet] = await asOwner("select held from wallets where tenant_id = $1", [tenant.tenantId]);
    expect(wallet).toEqual({ held: "0.000000" });
    expect(await findings("fixed")).toMatchObject([{ checkId: "R3", decisionNote: "Put right by itself." }]);
    expect(await ask("R3", minutesOn(26))).toEqual({ found: 0, fixed: 0 });
  });

  it("R13: a step that cost more than a tenth beyond what was set aside for it", async () => {
    const tenant = await makeTenant();
    const work = async (key: string, cost: bigint) => {
      await asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key }, 1_000_000n));
      await use(tenant.job, [{ cost }], { holdKey: key });
    };
    await work("fits", 1_100_000n);
    expect(await ask("R13")).toEqual({ found: 0, fixed: 0 });
    await work("beyond", 1_100_001n);
    expect(await ask("R13")).toEqual({ found: 1, fixed: 0 });
    expect(await findings()).toMatchObject([
      { checkId: "R13", subject: "$1.100001 was used where $1.000000 was set aside" },
    ]);
  });

  it("R14: usage that is counted wrongly, in its cost, in what is owed or in its runs, is told and counted anew", async () => {
    const tenant = await makeTenant();
    const [runId] = await makeRuns(tenant, 1);
    const facts = { cost: 1_000_000n, ...(runId ? { executionId: runId } : {}) };
    await use(tenant.job, [
      { ...facts, at: new Date("2026-01-31T23:59:59Z") },
      { ...facts, at: new Date("2026-04-01T00:00:00Z") },
    ]);
    const count = async (limit?: string) => {
      await countSome(tenant.tenantId, limit ?? (await lookForWriters(0)).limit);
    };
    await count();
    await use(tenant.job, [{ ...facts, at: new Date("2026-04-01T00:00:00Z") }]);
    expect(await ask("R14")).toEqual({ found: 0, fixed: 0 });
    const wrong = [
      ["usage_sums set tenant_cost = tenant_cost + 1", "2026-04-01"],
      ["usage_sums set owed = owed - 1", "2026-01-31"],
      ["usage_sums set day = '2026-02-01'", "2026-01-31", "2026-02-01"],
      ["usage_runs set runs = 2", "2026-01-31"],
      ["margin_sums set platform_cost = platform_cost + 1, tenant_cost = tenant_cost + 1", "2026-04-01"],
    ] as const;
    for (const [change, ...days] of wrong) {
      await asOwner(`update ${change} where tenant_id = $1 and day = $2`, [tenant.tenantId, days[0]]);
      expect(await ask("R14"), change).toEqual({ found: 1, fixed: 0 });
      expect(await findings()).toMatchObject([
        { checkId: "R14", detail: { workspace: tenant.tenantId, days } },
      ]);
      expect(await asOwner("select from usage_counted where tenant_id = $1", [tenant.tenantId])).toEqual([]);
      await count();
      expect(await ask("R14")).toEqual({ found: 0, fixed: 0 });
      expect(await findings()).toEqual([]);
    }
    // A row that is written with a time before which all was said to be counted.
    await count(minutesOn(1).toISOString());
    await use(tenant.job, [{ ...facts, at: new Date("2026-04-02T00:00:00Z") }]);
    expect(await ask("R14")).toEqual({ found: 1, fixed: 0 });
    expect(await findings()).toMatchObject([{ detail: { days: ["2026-04-02"] } }]);
  });

  it("R9 to R12: lost numbers, a shared customer, a request without an answer, a drifted invoice", async () => {
    await asOwner("insert into invoice_counters values ('ZZ', 3)");
    const [a, b] = [await makeTenant(), await makeTenant()];
    for (const { tenantId } of [a, b])
      await asOwner(
        "insert into subscriptions (id, tenant_id, plan_name, stripe_customer_id, ended_at) values ($1, $2, 'trial', 'cus_both', now())",
        [newId(), tenantId],
      );
    await asOwner(
      "insert into stripe_requests (id, key, operation, body_hash, target_type, target_id, created_at) values ($1, 'cus:x', 'customer.create', 'h', 'tenant', $2, now() - interval '2 hours')",
      [newId(), a.tenantId],
    );
    await asOwner(
      `insert into invoices (id, tenant_id, invoice_number, total_amount, period_start, period_end, due_date, seller_name, customer_name, status, credited_cents)
       values ($1, $2, 'draft-x', 1, now(), now() + interval '1 day', now(), 's', 'c', 'draft', 5)`,
      [newId(), a.tenantId],
    );
    for (const id of ["R9", "R10", "R11", "R12"]) expect(await ask(id), id).toEqual({ found: 1, fixed: 0 });
    expect((await findings()).map(({ subject }) => subject).sort()).toEqual([
      '"customer.create" was asked of Stripe and never answered',
      "Customer cus_both of Stripe belongs to 2 workspaces",
      "Invoice draft-x was credited 5 cents, its credit notes say 0",
      "Series ZZ counts to 3 and has 0 documents up to 0",
    ]);
  });
});
