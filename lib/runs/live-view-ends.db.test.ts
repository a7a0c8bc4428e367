import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { TenantScope } from "@/db/scope";
import { endViewAs, startViewAs } from "@/lib/admin/commands/tenants";
import { createApiKey, revokeApiKey } from "@/lib/api-keys/commands";
import { keyScope, tenantScopeOf } from "@/lib/auth/scope";
import { findSession } from "@/lib/auth/session";
import { newId } from "@/lib/ids";
import { deactivateMember } from "@/lib/team/commands";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { runEvents } from "./events";
import { beginRun, chain, publishGraph, seedRunPrices } from "./testing";

withTestDatabase();
beforeAll(() => seedRunPrices());
afterEach(() => vi.useRealTimers());

let tenant: TestTenant;
let executionId: string;
beforeEach(async () => {
  tenant = await makeTenant();
  const pause = testNode("pause", "wait", { mode: "for", amount: 1, unit: "hours", until: "" });
  const workflowId = await publishGraph(tenant.admin, "Slow", chain([pause], "done"));
  const started = await startRun(tenant.admin, { workflowId, useDraft: false, input: { text: "x" } });
  executionId = started.executionId;
  await beginRun(tenant.job, executionId);
});

/** What a view that is open while `loss` happens is told of what comes after it. */
async function toldAfter(scope: TenantScope, loss: () => Promise<unknown>): Promise<string> {
  const events = runEvents(scope, executionId, { signal: AbortSignal.timeout(30_000) });
  expect((await events.next()).value?.execution.id).toBe(executionId);
  await loss();
  await cancelRun(tenant.admin, { executionId });
  try {
    for await (const message of events) if (message) return message.execution.status;
    return "nothing";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

it("goes on for who may look", async () => {
  expect(await toldAfter(tenant.member, async () => {})).toBe("cancelled");
});

it("tells nothing more to who was deactivated", async () => {
  const deactivated = () => deactivateMember(tenant.admin, { userId: tenant.memberId });
  expect(await toldAfter(tenant.member, deactivated)).toBe("unauthenticated");
});

it("tells nothing more to a program whose key was revoked", async () => {
  const input = { name: "Reader", scopes: ["executions:read" as const], expiry: "never" as const };
  const { id: keyId } = await createApiKey(tenant.admin, input);
  const scope = await keyScope(tenant.tenantId, keyId);
  expect(await toldAfter(scope, () => revokeApiKey(tenant.admin, { keyId }))).toBe("unauthenticated");
});

it("tells nothing more to an app admin who has ended looking into the workspace", async () => {
  const platform = await makePlatform();
  await startViewAs(platform, { tenantId: tenant.tenantId, reason: "A ticket" });
  const { actor } = platform;
  const session = actor.kind === "user" ? await findSession(actor.userId, actor.sessionId) : null;
  if (!session) throw new Error("the app admin is not signed in");
  const scope = tenantScopeOf(session, { requestId: newId() });
  expect(await toldAfter(scope, () => endViewAs(platform))).toBe("unauthenticated");
});

it("ends within half a minute for a program whose key was revoked, also while nothing happens", async () => {
  const input = { name: "Reader", scopes: ["executions:read" as const], expiry: "never" as const };
  const { id: keyId } = await createApiKey(tenant.admin, input);
  const scope = await keyScope(tenant.tenantId, keyId);
  vi.useFakeTimers({ toFake: ["performance"] });
  const events = runEvents(scope, executionId, { signal: AbortSignal.timeout(30_000) });
  expect((await events.next()).value?.execution.id).toBe(executionId);
  vi.advanceTimersByTime(30_000);
  expect(await events.next()).toEqual({ done: false, value: null });
  await revokeApiKey(tenant.admin, { keyId });
  vi.advanceTimersByTime(30_000);
  await expect(events.next()).rejects.toMatchObject({ code: "unauthenticated" });
});
