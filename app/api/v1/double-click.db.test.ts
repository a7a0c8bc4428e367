import { and, eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { asSystem, asTenant } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { authTokens } from "@/db/schema/auth";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { handler } from "@/inngest/serve";
import { brokenInvariants } from "@/lib/runs/faults/testing/invariants";
import { untilEnded } from "@/lib/runs/faults/testing/scene";
import { chain, llmNode, publishGraph, seedRunPrices, TEST_MODEL } from "@/lib/runs/testing";
import { inviteMember } from "@/lib/team/commands";
import { listInvitations } from "@/lib/team/queries";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { call, makeKey } from "./testing";

withTestDatabase();

const CLICKS = 20;

let tenant: TestTenant;
let key: string;
beforeAll(async () => {
  await startEmbedded(handler);
  await seedRunPrices();
  tenant = await makeTenant();
  key = await makeKey(tenant);
});
afterAll(() => embedded().engine.stop(2_000));

const clicks = <T>(click: () => Promise<T>) => Promise.all(Array.from({ length: CLICKS }, click));

it("a run asked for twenty times at once with one key is one run, and all are answered alike", async () => {
  const graph = chain([llmNode("ask", TEST_MODEL)], "{{ ask.text }}");
  const workflowId = await publishGraph(tenant.admin, "Once", graph);
  const request = { key, json: { input: { text: "Hello" } }, headers: { "idempotency-key": "click" } };
  const answers = await clicks(() => call("POST", `/workflows/${workflowId}/runs`, request));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
  const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { id: string }).id));
  const [id = ""] = ids;
  expect(new Set(ids)).toEqual(new Set([id]));
  expect(answers.filter((answer) => !answer.headers.get("idempotency-replayed"))).toHaveLength(1);
  expect(await untilEnded(id)).toBe("completed");
  const rows = await asTenant(tenant.admin, (tx) => tx.select({ id: executions.id }).from(executions));
  expect(rows).toEqual([{ id }]);
  expect(await brokenInvariants({ acknowledged: [id] })).toEqual([]);
});

it("a person invited many times at once has one invitation that works", async () => {
  const results = await Promise.allSettled(
    Array.from({ length: CLICKS }, () =>
      inviteMember(tenant.admin, { email: "guest@one.test", role: "user" }),
    ),
  );
  const taken = results.filter(({ status }) => status === "fulfilled");
  expect(taken.length).toBeGreaterThan(0);
  for (const result of results)
    if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "rate_limited" });
  expect(await listInvitations(tenant.admin)).toHaveLength(1);
  const open = await asSystem("test", (tx) =>
    tx
      .select({ id: authTokens.id })
      .from(authTokens)
      .where(and(eq(authTokens.email, "guest@one.test"), isNull(authTokens.revokedAt))),
  );
  expect(open).toHaveLength(1);
});
