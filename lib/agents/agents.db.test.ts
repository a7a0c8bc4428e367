import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asPlatform, asTenant } from "@/db/access";
import { agents, agentVersions } from "@/db/schema/ai";
import { aiModels } from "@/db/schema/config";
import { documents } from "@/db/schema/knowledge";
import { auditLog } from "@/db/schema/system";
import { mintScope, type TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { listDocumentChoices } from "@/lib/knowledge/choice-queries";
import { withTestDatabase } from "@/lib/testing/database";
import { apiScope, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { createAgent, duplicateAgent, setAgentActive, updateAgent } from "./commands";
import { type CreateAgentInput, createAgentInput } from "./input";
import { getAgent, listAgents, listAgentsNaming, runnableVersion } from "./queries";

withTestDatabase();

let tenant: TestTenant;
let stranger: TestTenant;

const modelKey = `mini-${newId()}`;

function input(more: Record<string, unknown> = {}, config: Record<string, unknown> = {}): CreateAgentInput {
  return createAgentInput.parse({
    name: `Agent ${newId()}`,
    role: "You help.",
    llmConfig: { modelKey, ...config },
    ...more,
  });
}

async function failure(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => new Error("it was allowed"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

beforeAll(async () => {
  const platform = await makePlatform();
  await asPlatform(platform, (tx) =>
    tx.insert(aiModels).values([
      { modelKey, modelName: "Mini", provider: "internal", modelType: "text" },
      {
        modelKey: `${modelKey}-off`,
        modelName: "Off",
        provider: "internal",
        modelType: "text",
        isActive: false,
      },
    ]),
  );
});

beforeEach(async () => {
  tenant = await makeTenant();
  stranger = await makeTenant();
});

describe("saving", () => {
  it("keeps every version and tells the audit log, without the prompt", async () => {
    const created = await createAgent(
      tenant.member,
      input({ name: "Ana", role: "You are a canary prompt." }),
    );
    const saved = await updateAgent(tenant.admin, {
      ...input({ name: "Ana 2" }),
      agentId: created.id,
      version: 1,
    });
    expect(saved).toEqual({ id: created.id, version: 2 });
    const { versions, events } = await asTenant(tenant.admin, async (tx) => ({
      versions: await tx
        .select({ version: agentVersions.version, name: agentVersions.name })
        .from(agentVersions)
        .where(eq(agentVersions.agentId, created.id))
        .orderBy(agentVersions.version),
      events: await tx
        .select()
        .from(auditLog)
        .where(eq(auditLog.targetId, created.id))
        .orderBy(auditLog.sequence),
    }));
    expect(versions).toEqual([
      { version: 1, name: "Ana" },
      { version: 2, name: "Ana 2" },
    ]);
    expect(events.map((event) => [event.action, event.actorId])).toEqual([
      ["agent.create", tenant.memberId],
      ["agent.update", tenant.adminId],
    ]);
    expect(JSON.stringify(events)).not.toContain("canary prompt");
  });

  it("refuses a save over a newer version and leaves it as it was", async () => {
    const { id } = await createAgent(tenant.admin, input({ name: "First" }));
    await updateAgent(tenant.admin, { ...input({ name: "Second" }), agentId: id, version: 1 });
    const error = await failure(
      updateAgent(tenant.member, { ...input({ name: "Late" }), agentId: id, version: 1 }),
    );
    expect([error.code, error.reason]).toEqual(["conflict", "stale_version"]);
    expect((await getAgent(tenant.admin, id)).name).toBe("Second");
  });

  it("refuses a taken name in any case, but lets another workspace have it", async () => {
    await createAgent(tenant.admin, input({ name: "Support" }));
    const error = await failure(createAgent(tenant.admin, input({ name: "SUPPORT" })));
    expect([error.code, Object.keys(error.fields ?? {})]).toEqual(["conflict", ["name"]]);
    await createAgent(stranger.admin, input({ name: "Support" }));
  });

  it.each([
    [{ modelKey: "no-such-model" }, "llmConfig.modelKey"],
    [{ modelKey: `${modelKey}-off` }, "llmConfig.modelKey"],
    [{ parameters: { temperature: 1 } }, "llmConfig.parameters.temperature"],
    [{ knowledge: { mode: "selected", documentIds: [newId()] } }, "llmConfig.knowledge.documentIds"],
  ])("refuses what the model or workspace does not have: %o", async (config, field) => {
    const error = await failure(createAgent(tenant.admin, input({}, config)));
    expect([error.code, Object.keys(error.fields ?? {})]).toEqual(["invalid", [field]]);
  });

  it("refuses another workspace's document", async () => {
    const documentId = newId();
    await asTenant(stranger.admin, (tx) =>
      tx.insert(documents).values({
        id: documentId,
        tenantId: stranger.tenantId,
        filename: "x.txt",
        fileType: "txt",
        sha256: documentId,
        storageKey: documentId,
      }),
    );
    const config = { knowledge: { mode: "selected", documentIds: [documentId] } };
    expect((await failure(createAgent(tenant.admin, input({}, config)))).code).toBe("invalid");
    await createAgent(stranger.admin, input({}, config));
  });
});

describe("active, inactive, copies", () => {
  it("an inactive agent cannot be run, and switching twice is told once", async () => {
    const { id } = await createAgent(tenant.admin, input());
    for (let times = 0; times < 2; times += 1)
      await setAgentActive(tenant.admin, { agentId: id, isActive: false });
    const error = await failure(asTenant(tenant.admin, (tx) => runnableVersion(tx, tenant.admin, id)));
    expect(error.reason).toBe("agent_inactive");
    const events = await asTenant(tenant.admin, (tx) =>
      tx.select().from(auditLog).where(eq(auditLog.targetId, id)),
    );
    expect(events.filter((event) => event.action === "agent.deactivate")).toHaveLength(1);
    await setAgentActive(tenant.admin, { agentId: id, isActive: true });
    const pinned = await asTenant(tenant.admin, (tx) => runnableVersion(tx, tenant.admin, id));
    expect(pinned).toMatchObject({ agentId: id, version: 1 });
  });

  it("copies find a free name, however often", async () => {
    const { id } = await createAgent(tenant.admin, input({ name: "Ana" }));
    const copies: { id: string }[] = [];
    for (let times = 0; times < 3; times += 1)
      copies.push(await duplicateAgent(tenant.admin, { agentId: copies[0]?.id ?? id }));
    const names = await Promise.all(copies.map(async (copy) => (await getAgent(tenant.admin, copy.id)).name));
    expect(names).toEqual(["Ana (copy)", "Ana (copy 2)", "Ana (copy 3)"]);
    const long = await createAgent(tenant.admin, input({ name: "😀".repeat(50) }));
    const copy = await duplicateAgent(tenant.admin, { agentId: long.id });
    expect((await getAgent(tenant.admin, copy.id)).name).toBe(`${"😀".repeat(42)} (copy)`);
  });
});

describe("listing", () => {
  it("pages newest first, searches literally and filters by status", async () => {
    const ids: string[] = [];
    for (const name of ["Ana", "Ben 100%", "Cleo"])
      ids.unshift((await createAgent(tenant.admin, input({ name }))).id);
    await setAgentActive(tenant.admin, { agentId: ids[0] ?? "", isActive: false });
    const first = await listAgents(tenant.admin, { limit: 2 });
    const second = await listAgents(tenant.admin, { limit: 2, cursor: first.nextCursor ?? "" });
    expect([...first.items, ...second.items].map((item) => item.id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    const names = async (filter: object) =>
      (await listAgents(tenant.admin, filter)).items.map((item) => item.name);
    expect(await names({ q: "100%" })).toEqual(["Ben 100%"]);
    expect(await names({ q: "_" })).toEqual([]);
    expect(await names({ status: "inactive" })).toEqual(["Cleo"]);
    expect(JSON.stringify(first.items)).not.toContain("You help.");
  });
});

describe("documents of agents", () => {
  async function document(filename: string, uploadStatus: string, agentId?: string): Promise<string> {
    const id = newId();
    await asTenant(tenant.admin, (tx) =>
      tx.insert(documents).values({
        id,
        tenantId: tenant.tenantId,
        filename,
        fileType: "txt",
        uploadStatus,
        agentId: agentId ?? null,
        sha256: id,
        storageKey: id,
      }),
    );
    return id;
  }

  it("are no longer counted once they are deleted, also before the agent is saved again", async () => {
    const [prices, terms] = [
      await document("prices.txt", "completed"),
      await document("terms.txt", "completed"),
    ];
    const knowledge = { mode: "selected", documentIds: [prices, terms] };
    const { id } = await createAgent(tenant.admin, input({}, { knowledge }));
    await asTenant(tenant.admin, (tx) => tx.delete(documents).where(eq(documents.id, terms)));
    const [listed] = (await listAgents(tenant.member)).items;
    expect(listed?.llmConfig.knowledge.documentIds).toEqual([prices]);
    expect((await getAgent(tenant.member, id)).llmConfig.knowledge.documentIds).toEqual([prices]);
  });

  it("tells which agents were given a document, and of a choice whether it can be read", async () => {
    const prices = await document("prices.txt", "completed");
    const broken = await document("broken.txt", "failed");
    await document("coming.txt", "processing");
    const given = (mode: string, documentIds: string[]) => ({ knowledge: { mode, documentIds } });
    const ben = await createAgent(tenant.admin, input({ name: "Ben" }, given("selected", [broken, prices])));
    const ana = await createAgent(tenant.admin, input({ name: "Ana" }, given("selected", [prices])));
    await createAgent(tenant.admin, input({ name: "Cleo" }, given("all", [prices])));
    expect(await listAgentsNaming(tenant.member, prices)).toEqual([
      { id: ana.id, name: "Ana" },
      { id: ben.id, name: "Ben" },
    ]);
    expect(await listAgentsNaming(tenant.member, newId())).toEqual([]);
    expect(await listAgentsNaming(stranger.admin, prices)).toEqual([]);
    expect((await listDocumentChoices(tenant.member, ana.id)).map(({ filename }) => filename)).toEqual([
      "prices.txt",
      "broken.txt",
      "coming.txt",
    ]);
    const choices = await listDocumentChoices(tenant.member, null);
    expect(choices.map(({ filename, state }) => [filename, state])).toEqual([
      ["broken.txt", "failed"],
      ["coming.txt", "processing"],
      ["prices.txt", "ready"],
    ]);
  });

  it("are copied with it, except those that it alone may read", async () => {
    const { id } = await createAgent(tenant.admin, input({ name: "Ana" }));
    const [own, shared] = [await document("own.txt", "completed", id), await document("a.txt", "completed")];
    const give = (documentIds: string[], version: number) => {
      const config = { tools: ["knowledge_search"], knowledge: { mode: "selected", documentIds } };
      return updateAgent(tenant.admin, { ...input({ name: "Ana" }, config), agentId: id, version });
    };
    const copied = async () =>
      (await getAgent(tenant.admin, (await duplicateAgent(tenant.admin, { agentId: id })).id)).llmConfig;
    await give([own, shared], 1);
    expect(await copied()).toMatchObject({ knowledge: { mode: "selected", documentIds: [shared] } });
    await give([own], 2);
    expect(await copied()).toMatchObject({ tools: [], knowledge: { mode: "none", documentIds: [] } });
  });
});

describe("who may", () => {
  it("another workspace's agent does not exist, for every verb", async () => {
    const { id } = await createAgent(tenant.admin, input());
    const tries = [
      getAgent(stranger.admin, id),
      updateAgent(stranger.admin, { ...input(), agentId: id, version: 1 }),
      setAgentActive(stranger.admin, { agentId: id, isActive: false }),
      duplicateAgent(stranger.admin, { agentId: id }),
    ];
    // All at once: a rejection that nobody waits for yet would count as unhandled.
    const failures = await Promise.all(tries.map((attempt) => failure(attempt)));
    expect(failures.map(({ code }) => code)).toEqual(tries.map(() => "not_found"));
    expect((await listAgents(stranger.admin)).items).toEqual([]);
    const [row] = await asTenant(tenant.admin, (tx) => tx.select().from(agents).where(eq(agents.id, id)));
    expect(row).toMatchObject({ isActive: true, version: 1 });
  });

  it("the permissions table holds: API keys and lookers-in only read, a suspended workspace does not change", async () => {
    const { id } = await createAgent(tenant.admin, input());
    const readOnly = mintScope<TenantScope>({ ...tenant.admin, isReadOnly: true });
    const suspended = mintScope<TenantScope>({ ...tenant.admin, tenantStatus: "suspended" });
    for (const scope of [apiScope(tenant, ["agents:read"]), readOnly, suspended]) {
      expect((await getAgent(scope, id)).id).toBe(id);
      expect((await failure(createAgent(scope, input()))).code).toBe("forbidden");
      expect((await failure(updateAgent(scope, { ...input(), agentId: id, version: 1 }))).code).toBe(
        "forbidden",
      );
      expect((await failure(setAgentActive(scope, { agentId: id, isActive: false }))).code).toBe("forbidden");
      expect((await failure(duplicateAgent(scope, { agentId: id }))).code).toBe("forbidden");
    }
    expect((await failure(listAgents(apiScope(tenant, ["documents:read"])))).code).toBe("forbidden");
  });
});
