import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asPlatform, asTenant } from "@/db/access";
import { aiModels } from "@/db/schema/config";
import { documents } from "@/db/schema/knowledge";
import type { PlatformScope } from "@/db/scope";
import { listAudit } from "@/lib/audit/queries";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { apiScope, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { createAgent, restoreAgent, updateAgent } from "./commands";
import { createAgentInput } from "./input";
import { getAgent, runnableVersion } from "./queries";
import { getAgentDiff, listAgentVersions } from "./version-queries";

withTestDatabase();

const [mini, large] = [`mini-${newId()}`, `large-${newId()}`];

const content = (more: Record<string, unknown> = {}, config: Record<string, unknown> = {}) =>
  createAgentInput.parse({
    name: "Ana",
    role: "You help.",
    llmConfig: { modelKey: mini, ...config },
    ...more,
  });

let platform: PlatformScope;
let tenant: TestTenant;
beforeAll(async () => {
  platform = await makePlatform();
  await asPlatform(platform, (tx) =>
    tx.insert(aiModels).values(
      [mini, large].map((modelKey) => ({
        modelKey,
        modelName: modelKey,
        provider: "internal",
        modelType: "text",
      })),
    ),
  );
});
beforeEach(async () => {
  tenant = await makeTenant();
});

/** An agent that was saved so, one version after the other. */
async function saved(versions: readonly ReturnType<typeof content>[]) {
  const [first = content(), ...others] = versions;
  const { id: agentId } = await createAgent(tenant.admin, first);
  for (const [index, next] of others.entries())
    await updateAgent(tenant.admin, { ...next, agentId, version: index + 1 });
  const { items } = await listAgentVersions(tenant.member, { agentId });
  const idOf = (version: number) => items.find((item) => item.version === version)?.id ?? "";
  return { agentId, idOf, items };
}

async function addDocument(filename: string): Promise<string> {
  const id = newId();
  const row = { id, filename, fileType: "txt", uploadStatus: "completed", sha256: id, storageKey: id };
  await asTenant(tenant.admin, (tx) => tx.insert(documents).values({ ...row, tenantId: tenant.tenantId }));
  return id;
}

describe("the versions of an agent", () => {
  it("are listed newest first, a page at a time, with who saved them", async () => {
    const { agentId, items } = await saved([content(), content({ role: "Two" }), content({ role: "Three" })]);
    expect(items.map(({ version, isCurrent }) => [version, isCurrent])).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect(items[0]?.createdByName).toEqual(expect.any(String));
    const page = await listAgentVersions(tenant.member, { agentId, limit: 2 });
    const rest = await listAgentVersions(tenant.member, { agentId, limit: 2, cursor: page.nextCursor ?? "" });
    expect([...page.items, ...rest.items].map(({ version }) => version)).toEqual([3, 2, 1]);
  });

  it("are compared, both ways", async () => {
    const { agentId, idOf } = await saved([content(), content({ role: "You decide." })]);
    const there = await getAgentDiff(tenant.member, { agentId, from: idOf(1), to: idOf(2) });
    expect(there).toMatchObject({
      from: { version: 1 },
      to: { version: 2 },
      changes: [{ label: "Role", before: "You help.", after: "You decide." }],
    });
    const back = await getAgentDiff(tenant.member, { agentId, from: idOf(2), to: idOf(1) });
    expect(back.changes).toMatchObject([{ before: "You decide.", after: "You help." }]);
  });

  it("are nobody else's, and of no other agent", async () => {
    const stranger = await makeTenant();
    const { agentId, idOf } = await saved([content()]);
    const other = await createAgent(tenant.admin, content({ name: "Ben" }));
    const versionId = idOf(1);
    for (const [scope, of] of [
      [stranger.admin, agentId],
      [tenant.admin, other.id],
    ] as const) {
      await expect(restoreAgent(scope, { agentId: of, versionId })).rejects.toMatchObject({
        code: "not_found",
      });
      await expect(
        getAgentDiff(scope, { agentId: of, from: versionId, to: versionId }),
      ).rejects.toMatchObject({ code: "not_found" });
    }
    await expect(listAgentVersions(stranger.admin, { agentId })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("restoring a version", () => {
  it("makes it the next one, which runs from then on; nothing is lost", async () => {
    const { agentId, idOf } = await saved([
      content({ description: "The first" }),
      content({ name: "Ada", role: "You decide.", description: "The second" }, { modelKey: large }),
    ]);
    expect(await restoreAgent(tenant.admin, { agentId, versionId: idOf(1) })).toEqual({
      id: agentId,
      version: 3,
    });
    expect(await getAgent(tenant.admin, agentId)).toMatchObject({
      version: 3,
      name: "Ana",
      role: "You help.",
      description: "The second",
      llmConfig: { modelKey: mini },
    });
    const pinned = await asTenant(tenant.admin, (tx) => runnableVersion(tx, tenant.admin, agentId));
    expect(pinned).toMatchObject({ version: 3, role: "You help." });
    const { items } = await listAgentVersions(tenant.admin, { agentId });
    expect(items.map(({ version }) => version)).toEqual([3, 2, 1]);
    const { items: events } = await listAudit(tenant.admin, {});
    expect(events[0]).toMatchObject({ action: "agent.restore", after: { restored: 1 } });
  });

  it("leaves out documents that were deleted since, and what searched only them", async () => {
    const [kept, gone] = [await addDocument("kept.txt"), await addDocument("gone.txt")];
    const reading = (documentIds: string[]) =>
      content({}, { tools: ["knowledge_search"], knowledge: { mode: "selected", documentIds } });
    const { agentId, idOf } = await saved([reading([kept, gone]), reading([gone]), content()]);
    await asTenant(tenant.admin, (tx) => tx.delete(documents).where(eq(documents.id, gone)));
    await restoreAgent(tenant.admin, { agentId, versionId: idOf(1) });
    const config = async () => (await getAgent(tenant.admin, agentId)).llmConfig;
    expect((await config()).knowledge).toMatchObject({ mode: "selected", documentIds: [kept] });
    await restoreAgent(tenant.admin, { agentId, versionId: idOf(2) });
    expect(await config()).toMatchObject({ tools: [], knowledge: { mode: "none", documentIds: [] } });
  });

  it("is refused where its model is gone or its name is taken, and by who may only look", async () => {
    const { agentId, idOf } = await saved([content({}, { modelKey: large }), content({ name: "Ada" })]);
    const versionId = idOf(1);
    await createAgent(tenant.admin, content());
    await expect(restoreAgent(tenant.admin, { agentId, versionId })).rejects.toMatchObject({
      code: "conflict",
      reason: "name_taken",
    });
    const setActive = (isActive: boolean) =>
      asPlatform(platform, (tx) => tx.update(aiModels).set({ isActive }).where(eq(aiModels.modelKey, large)));
    await setActive(false);
    await expect(restoreAgent(tenant.admin, { agentId, versionId })).rejects.toMatchObject({
      code: "precondition",
      message: "Version 1 cannot be restored: its model is not available any more.",
    });
    await setActive(true);
    const reader = apiScope(tenant, ["agents:read"]);
    await expect(restoreAgent(reader, { agentId, versionId })).rejects.toMatchObject({ code: "forbidden" });
    expect(await getAgent(tenant.admin, agentId)).toMatchObject({ version: 2, name: "Ada" });
  });
});
