import { beforeAll, beforeEach, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { createApiKey, revokeApiKey } from "@/lib/api-keys/commands";
import { keyScope } from "@/lib/auth/scope";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { drive } from "./commands/testing";
import { announceChange } from "./live";
import { getRun, getRunResult } from "./run-queries";
import { executionIs, stepsOf } from "./store";
import { beginRun, chain, publishGraph, seedRunPrices, transformNode } from "./testing";
import { untilEnded } from "./until-ended";

withTestDatabase();
beforeAll(() => seedRunPrices());

const PAUSE = testNode("pause", "wait", { mode: "for", amount: 1, unit: "hours", until: "" });

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

async function started(nodes: Parameters<typeof chain>[0]): Promise<string> {
  const workflowId = await publishGraph(tenant.admin, "Slow", chain(nodes, "done"));
  const { executionId } = await startRun(tenant.admin, {
    workflowId,
    useDraft: false,
    input: { text: "x" },
  });
  await beginRun(tenant.job, executionId);
  return executionId;
}

it("is over as soon as the run is", async () => {
  const executionId = await started([PAUSE]);
  const waited = untilEnded(tenant.member, executionId, AbortSignal.timeout(30_000));
  await cancelRun(tenant.admin, { executionId });
  await waited;
  expect((await getRunResult(tenant.member, executionId)).status).toBe("cancelled");
  await expect(untilEnded(tenant.member, newId(), AbortSignal.timeout(30_000))).rejects.toMatchObject({
    code: "not_found",
  });
});

it("is not over while a step of the run is still being closed", async () => {
  const executionId = await started([PAUSE]);
  await drive(tenant, executionId, "pause");
  const set = (what: "run" | "step") =>
    asWorker(tenant.job, (tx) =>
      what === "run"
        ? tx.update(executions).set({ status: "cancelled" }).where(executionIs(tenant.job, executionId))
        : tx.update(executionSteps).set({ status: "cancelled" }).where(stepsOf(tenant.job, executionId)),
    );
  await set("run");
  let isOver = false;
  const waited = untilEnded(tenant.member, executionId, AbortSignal.timeout(30_000)).then(() => {
    isOver = true;
  });
  // Looks that are taken one after the other, on one connection too, come after all of its first.
  for (let looks = 0; looks < 4; looks += 1) await getRun(tenant.member, executionId);
  expect(isOver).toBe(false);
  await set("step");
  announceChange(executionId);
  await waited;
});

it("tells a program nothing whose key was revoked meanwhile", async () => {
  const executionId = await started([PAUSE]);
  const input = { name: "Reader", scopes: ["executions:read" as const], expiry: "never" as const };
  const { id: keyId } = await createApiKey(tenant.admin, input);
  const time = new AbortController();
  const waited = untilEnded(await keyScope(tenant.tenantId, keyId), executionId, time.signal);
  await revokeApiKey(tenant.admin, { keyId });
  time.abort();
  // As every other call with it.
  await expect(waited).rejects.toMatchObject({ code: "unauthenticated", reason: "api_key_invalid" });
});

it("is answered with what the page of the run says of it", async () => {
  const executionId = await started([transformNode("one", { text: "{{ input.text }}" })]);
  await drive(tenant, executionId);
  const run = await getRun(tenant.member, executionId);
  const answer = await getRunResult(tenant.member, executionId);
  expect(answer).toEqual(Object.fromEntries(Object.keys(answer).map((key) => [key, Reflect.get(run, key)])));
  expect([answer.status, answer.result, BigInt(answer.costMicros) > 0n]).toEqual([
    "completed",
    { result: "done" },
    true,
  ]);
});
