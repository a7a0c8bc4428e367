import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem, asWorker } from "@/db/access";
import { users } from "@/db/schema/auth";
import { approvals } from "@/db/schema/run-control";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { handler } from "@/inngest/serve";
import { listAudit } from "@/lib/audit/queries";
import { readBell } from "@/lib/notifications/queries/inbox";
import { cancelRun } from "@/lib/runs/commands/cancel";
import { readRun, seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { answerApproval } from "./commands";
import { getApproval } from "./queries";
import { remindApprovers, tenantsToRemind } from "./sweep";
import { answerOf, ask, ended, LIMIT, list, PATIENCE_MS } from "./testing";

withTestDatabase();
beforeAll(async () => {
  await startEmbedded(handler);
  await seedRunPrices();
});
afterAll(() => embedded().engine.stop(2_000));

vi.setConfig({ testTimeout: 2 * PATIENCE_MS });

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

describe("an answer", () => {
  it("lets the run go on with what was filled in, on the branch of the decision", async () => {
    const { executionId, approvalId } = await ask(tenant);
    expect(await getApproval(tenant.member, approvalId)).toMatchObject({
      title: "Pay Acme?",
      message: "It is **due**.",
      runName: expect.stringMatching(/^Invoices \d+$/),
      status: "pending",
      fields: [LIMIT],
      isMine: true,
    });
    await answerApproval(tenant.admin, answerOf(approvalId, { comment: " fine " }));
    const run = await ended(tenant, executionId);
    expect(run).toMatchObject({
      status: "completed",
      resultData: { result: "paid up to 400 by Test tenant_admin" },
    });
    expect(await getApproval(tenant.member, approvalId)).toMatchObject({
      status: "approved",
      answer: { limit: 400 },
      comment: "fine",
      answeredByName: "Test tenant_admin",
    });
    expect(await list(tenant.admin, "waiting")).toEqual([]);
    expect((await list(tenant.admin, "answered")).map(({ id }) => id)).toEqual([approvalId]);
    const record = (await listAudit(tenant.admin, {})).items.filter(
      ({ action }) => action === "approval.answer",
    );
    expect(record).toHaveLength(1);
  });

  it("that says no needs no field, and takes the other branch", async () => {
    const { executionId, approvalId } = await ask(tenant);
    const input = { decision: "rejected", answer: {}, comment: "too dear" };
    await answerApproval(tenant.member, answerOf(approvalId, input));
    expect(await ended(tenant, executionId)).toMatchObject({
      status: "completed",
      resultData: { result: "refused: too dear" },
    });
  });

  it("counts once: of many at the same time one wins, and the others are told who did", async () => {
    const { executionId, approvalId } = await ask(tenant);
    const all = await Promise.allSettled(
      [tenant.admin, tenant.member, tenant.admin, tenant.member].map((scope) =>
        answerApproval(scope, answerOf(approvalId)),
      ),
    );
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of all) {
      if (one.status === "fulfilled") continue;
      expect(one.reason).toMatchObject({
        code: "conflict",
        reason: "answered",
        message: expect.stringMatching(/^Test (tenant_admin|user) has approved this already\.$/),
      });
    }
    const { run, steps } = await readRun(tenant.admin, executionId);
    expect(steps.filter(({ nodeId }) => nodeId === "approval")).toHaveLength(1);
    expect(run.id).toBe(executionId);
    expect((await ended(tenant, executionId)).status).toBe("completed");
  });

  it("that leaves out or mistypes a field is refused, and the question stays open", async () => {
    const { approvalId } = await ask(tenant);
    for (const answer of [{}, { limit: "much" }, { limit: 1, more: 2 }]) {
      await expect(answerApproval(tenant.admin, answerOf(approvalId, { answer }))).rejects.toMatchObject({
        code: "invalid",
        fields: expect.objectContaining({
          [`answer.${"more" in answer ? "more" : "limit"}`]: [
            "more" in answer ? "This approval has no field “more”." : expect.any(String),
          ],
        }),
      });
    }
    expect((await getApproval(tenant.admin, approvalId)).status).toBe("pending");
  });

  it("comes too late when the run was ended or the time is over", async () => {
    const cancelled = await ask(tenant);
    await cancelRun(tenant.admin, { executionId: cancelled.executionId });
    await expect(answerApproval(tenant.admin, answerOf(cancelled.approvalId))).rejects.toMatchObject({
      code: "precondition",
      reason: "approval_over",
    });
    const late = await ask(tenant);
    await asWorker(tenant.job, (tx) =>
      tx
        .update(approvals)
        .set({ expiresAt: sql`now() - interval '1 second'` })
        .where(eq(approvals.id, late.approvalId)),
    );
    await expect(answerApproval(tenant.admin, answerOf(late.approvalId))).rejects.toMatchObject({
      code: "precondition",
      message: "The time for an answer is over.",
    });
    const { steps } = await readRun(tenant.admin, late.executionId);
    expect(steps.find((step) => step.kind === "approval")?.status).toBe("waiting");
  });
});

it("is called like its node when its title comes to nothing, so that there is something to click on", async () => {
  const { approvalId } = await ask(tenant, { title: ' {{ input.text | remove: "Acme" }}' });
  expect((await getApproval(tenant.member, approvalId)).title).toBe("approval");
  expect((await readBell(tenant.member)).latest.map(({ title }) => title)).toEqual(["approval"]);
});

it("is asked with what is left of a text that the database does not take", async () => {
  const unsafe = { title: '{{ "Pay%00 Acme?" | url_decode }}', message: '{{ "%00Due" | url_decode }}' };
  const { approvalId } = await ask(tenant, unsafe);
  expect(await getApproval(tenant.member, approvalId)).toMatchObject({ title: "Pay Acme?", message: "Due" });
});

it("is asked and told of under a title that is cut before a character, and not within it", async () => {
  const title = `${"a".repeat(198)}😀${"b".repeat(99)}😀c`;
  const { approvalId } = await ask(tenant, { title });
  expect((await getApproval(tenant.member, approvalId)).title).toBe(`${"a".repeat(198)}😀${"b".repeat(99)}`);
  expect((await readBell(tenant.member)).latest[0]?.title).toBe(`${"a".repeat(198)}…`);
});

it("reminds nobody of a question whose time is over, and which only waits to be ended", async () => {
  const { approvalId } = await ask(tenant, { remindHours: 1 });
  const over = { remindAt: sql`now()`, expiresAt: sql`now() - interval '1 second'` };
  await asWorker(tenant.job, (tx) => tx.update(approvals).set(over).where(eq(approvals.id, approvalId)));
  expect(await tenantsToRemind()).not.toContain(tenant.tenantId);
  expect(await remindApprovers(tenant.job)).toBe(0);
});

it("reminds those who were asked, once", async () => {
  const { approvalId } = await ask(tenant, { remindHours: 1 });
  expect(await remindApprovers(tenant.job)).toBe(0);
  await asWorker(tenant.job, (tx) =>
    tx.update(approvals).set({ remindAt: sql`now()` }).where(eq(approvals.id, approvalId)),
  );
  expect(await tenantsToRemind()).toContain(tenant.tenantId);
  const counts = await Promise.all([remindApprovers(tenant.job), remindApprovers(tenant.job)]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(await tenantsToRemind()).not.toContain(tenant.tenantId);
  const [member] = await asSystem("test", (tx) =>
    tx.select({ email: users.email }).from(users).where(eq(users.id, tenant.memberId)),
  );
  const mails = await mailsTo(member?.email ?? "");
  expect(mails.map(({ subject }) => subject)).toEqual(["Still waiting: Pay Acme?", "Pay Acme?"]);
});
