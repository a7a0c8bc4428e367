import { asc, eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { notifications, webhookDeliveries, webhookEndpoints } from "@/db/schema/notifications";
import { replayRun } from "@/lib/runs/commands/replay";
import { resumeRun } from "@/lib/runs/commands/resume";
import { startRun } from "@/lib/runs/commands/start";
import { failRun } from "@/lib/runs/finish";
import type { RunTrigger } from "@/lib/runs/input";
import { chain, publishGraph, seedRunPrices, transformNode } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { WebhookPayload } from "./message";

withTestDatabase();

let tenant: TestTenant;
let workflowId: string;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
  const graph = chain([transformNode("t", { text: "{{ input.text }}" })], "{{ t.text }}");
  workflowId = await publishGraph(tenant.admin, "Daily digest", graph);
});

async function start(trigger: RunTrigger, scope = tenant.member): Promise<string> {
  const request = { workflowId, useDraft: false, input: { text: "a secret of the input" } };
  return (await startRun(scope, request, { trigger })).executionId;
}

const fail = (executionId: string) =>
  failRun(tenant.job, executionId, { code: "http_status", message: "“Fetch”: the server answered 503." });

function told() {
  return asTenant(tenant.admin, (tx) =>
    tx
      .select({
        userId: notifications.userId,
        title: notifications.title,
        body: notifications.body,
        href: notifications.href,
        times: notifications.occurrences,
      })
      .from(notifications)
      .orderBy(asc(notifications.userId)),
  );
}

function listen() {
  return asTenant(tenant.admin, (tx) =>
    tx.insert(webhookEndpoints).values({
      tenantId: tenant.tenantId,
      url: "https://example.com/hook",
      kinds: ["run_failed"],
      sealedSecret: "-",
    }),
  );
}

async function messages(): Promise<WebhookPayload[]> {
  const rows = await asTenant(tenant.admin, (tx) =>
    tx
      .select({ payload: webhookDeliveries.payload })
      .from(webhookDeliveries)
      .orderBy(asc(webhookDeliveries.id)),
  );
  return rows.map((row) => row.payload as WebhookPayload);
}

describe("a run that fails", () => {
  it("is told to the admins and to who started it, once", async () => {
    const executionId = await start("schedule");
    await Promise.all([fail(executionId), fail(executionId)]);
    const expected = {
      title: "“Daily digest” failed",
      body: "“Fetch”: the server answered 503.",
      href: `/app/runs/${executionId}`,
      times: 1,
    };
    const people = [tenant.adminId, tenant.memberId].sort();
    expect(await told()).toEqual(people.map((userId) => ({ ...expected, userId })));
    expect(await mailsTo(`${tenant.adminId}@example.test`)).toEqual([]);
  });

  it("is not told when a person watches it, when it is a part of another or a test", async () => {
    for (const trigger of ["console", "playground", "workflow"] as const) await fail(await start(trigger));
    const parent = await start("api");
    const [child, test] = [await start("api"), await start("api")];
    await asWorker(tenant.job, async (tx) => {
      await tx.update(executions).set({ rootExecutionId: parent }).where(eq(executions.id, child));
      await tx.update(executions).set({ usesPins: true }).where(eq(executions.id, test));
    });
    await fail(child);
    await fail(test);
    expect(await told()).toEqual([]);
  });

  it("is counted in one notification while its workflow keeps failing, and endpoints hear of each once", async () => {
    await listen();
    const runs: string[] = [];
    for (let index = 0; index < 12; index += 1) runs.push(await start("api", tenant.admin));
    await Promise.all([...runs, ...runs].map(fail));
    const rows = await told();
    // The wall clock may pass a border of the ten minutes once while this runs.
    expect(rows.length).toBeLessThanOrEqual(2);
    expect(rows.reduce((sum, row) => sum + row.times, 0)).toBe(runs.length);
    expect(rows.every((row) => row.userId === tenant.adminId)).toBe(true);
    const sent = await messages();
    expect(sent.map(({ data }) => data.executionId).sort()).toEqual([...runs].sort());
    expect(new Set(sent.map(({ id }) => id)).size).toBe(runs.length);
    expect(sent[0]).toMatchObject({
      type: "run_failed",
      data: { workflowId, errorCode: "http_status", title: "“Daily digest” failed" },
    });
    expect(JSON.stringify(sent)).not.toContain("secret");
  });

  it("is told to endpoints when a person resumed or replayed it, who sees that it fails", async () => {
    await listen();
    const executionId = await start("api", tenant.admin);
    await fail(executionId);
    const resumed = await resumeRun(tenant.admin, { executionId, on: "same" });
    await fail(resumed.executionId);
    const again = { executionId: resumed.executionId, on: "same", input: { text: "b" } } as const;
    const replayed = await replayRun(tenant.admin, again);
    await fail(replayed.executionId);
    await fail(await start("console", tenant.admin));
    const sent = await messages();
    expect(sent.map(({ data }) => data.executionId)).toEqual([
      executionId,
      resumed.executionId,
      replayed.executionId,
    ]);
    expect(await told()).toMatchObject([{ href: `/app/runs/${executionId}`, times: 1 }]);
  });
});
