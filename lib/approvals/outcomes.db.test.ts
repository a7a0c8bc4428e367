import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { approvals } from "@/db/schema/run-control";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { handler } from "@/inngest/serve";
import { newId } from "@/lib/ids";
import { listNotifications, readBell } from "@/lib/notifications/queries/inbox";
import { cancelRun } from "@/lib/runs/commands/cancel";
import { seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { answerApproval } from "./commands";
import { remindApprovers } from "./sweep";
import { answerOf, ask, PATIENCE_MS } from "./testing";

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

/** What somebody is told of questions, newest first, in the bell as on the page. */
async function told() {
  const shown = ({ title, outcome, href }: { title: string; outcome: string | null; href: string }) => ({
    title,
    outcome,
    href,
  });
  const { latest } = await readBell(tenant.member);
  expect((await listNotifications(tenant.member, {})).items.map(shown)).toEqual(latest.map(shown));
  return latest.map(shown);
}

function change(approvalId: string, values: Record<string, unknown>) {
  return asWorker(tenant.job, (tx) => tx.update(approvals).set(values).where(eq(approvals.id, approvalId)));
}

it("a notice of a question, and the reminder of it, say who answered it once somebody has", async () => {
  const { approvalId } = await ask(tenant, { remindHours: 1 });
  await change(approvalId, { remindAt: sql`now()` });
  await remindApprovers(tenant.job);
  const href = `/app/approvals/${approvalId}`;
  expect(await told()).toEqual([
    { title: "Still waiting: Pay Acme?", outcome: null, href },
    { title: "Pay Acme?", outcome: null, href },
  ]);
  await answerApproval(tenant.admin, answerOf(approvalId, { decision: "rejected", answer: {} }));
  const outcome = "Test tenant_admin rejected this. Nothing is left to do.";
  expect(await told()).toEqual(Array(2).fill({ title: "Pay Acme?", outcome, href }));
});

it("a notice says that the run was ended, that time was over, or that nobody is asked any more", async () => {
  const { approvalId, executionId } = await ask(tenant);
  await cancelRun(tenant.admin, { executionId });
  expect(await told()).toMatchObject([{ outcome: "The run was ended before anybody answered." }]);
  await change(approvalId, { status: "expired", expiresAt: sql`now()` });
  expect(await told()).toMatchObject([
    { outcome: "The time for an answer was over before anybody gave one." },
  ]);
  await change(approvalId, { expiresAt: null });
  expect(await told()).toMatchObject([{ outcome: "The run could go on before anybody answered." }]);
  // As a step does that asks anew.
  await change(approvalId, { id: newId() });
  expect(await told()).toMatchObject([{ outcome: "This is not asked any more.", href: "/app/approvals" }]);
});
