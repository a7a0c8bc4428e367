import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { auditLog } from "@/db/schema/system";
import { everyAuditOfAll } from "@/lib/admin/queries/audit";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { type AuditFilter, auditFilterInput } from "./input";
import { everyAudit, listAudit } from "./queries";
import { audit } from "./record";
import { AUDIT_WORDS, type AuditAction, auditWords } from "./words";

withTestDatabase();

function record(tenant: TestTenant, action: AuditAction, result: "done" | "denied" = "done") {
  return asTenant(tenant.admin, (tx) =>
    audit(tx, tenant.admin, { action, targetType: "test", after: { name: "x" } }, result),
  );
}

async function exported(tenant: TestTenant, filter: AuditFilter = {}) {
  return (await Array.fromAsync(everyAudit(tenant.admin, filter))).flat();
}

describe("the audit list", () => {
  it("pages through all rows, newest first, each once", async () => {
    const tenant = await makeTenant();
    const actions = (Object.keys(AUDIT_WORDS) as AuditAction[]).slice(0, 60);
    for (const action of actions) await record(tenant, action);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAudit(tenant.admin, cursor ? { cursor } : {});
      seen.push(...page.items.map((row) => row.action));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(actions.reverse());
  });

  it("filters by subject, person, result and day, and names who it was", async () => {
    const tenant = await makeTenant();
    await record(tenant, "api_key.create");
    // Written by an older release, perhaps: a name that only looks alike.
    const alike = { actorKind: "job", action: "apixkey.create", targetType: "test" };
    await asTenant(tenant.admin, (tx) => tx.insert(auditLog).values({ ...alike, tenantId: tenant.tenantId }));
    await record(tenant, "access.denied", "denied");
    const only = async (filter: AuditFilter) => (await exported(tenant, filter)).map((row) => row.action);
    expect(await only({ subject: "api_key" })).toEqual(["api_key.create"]);
    expect(await only({ result: "denied" })).toEqual(["access.denied"]);
    expect(await only({ actor: tenant.memberId })).toEqual([]);
    const today = new Date().toISOString().slice(0, 10);
    expect(await only({ from: today, to: today })).toHaveLength(3);
    expect(await only({ to: "2020-01-01" })).toEqual([]);
    expect((await exported(tenant))[0]).toMatchObject({
      actor: "Test tenant_admin",
      isVisit: false,
    });
  });

  it("is one workspace's own, and its admins'", async () => {
    const [a, b] = [await makeTenant(), await makeTenant()];
    await record(b, "agent.create");
    const [foreign] = await exported(b);
    expect((await listAudit(a.admin, { cursor: foreign?.id })).items).toEqual([]);
    await expect(listAudit(a.member, {})).rejects.toMatchObject({ code: "forbidden" });
    expect(auditFilterInput.safeParse({ tenantId: b.tenantId }).success).toBe(false);
  });
});

describe("the file of the list", () => {
  it("holds all of it, however much that is, the workspace's and the operator's", async () => {
    const [tenant, platform] = [await makeTenant(), await makePlatform()];
    const { rows } = await (await database()).pool.query(
      `insert into audit_log (id, tenant_id, actor_kind, action, target_type, reason)
        select gen_random_uuid(), $1, 'job', 'run.start', 'run', number::text from generate_series(1, 10001) number returning reason`,
      [tenant.tenantId],
    );
    const all = new Set(rows.map(({ reason }) => reason));
    const own = await exported(tenant);
    expect(own).toHaveLength(all.size);
    expect(new Set(own.map((row) => row.reason))).toEqual(all);
    const seen = await Array.fromAsync(everyAuditOfAll(platform, { tenantId: tenant.tenantId }));
    expect(seen.flat().map((row) => row.id)).toEqual(own.map((row) => row.id));
  });
});

describe("the words for what is audited", () => {
  it("are plain English: no action names, and none twice by mistake", () => {
    for (const words of Object.values(AUDIT_WORDS)) expect(words).toMatch(/^[A-Z][A-Za-z' ,-]{7,60}$/);
    const alike = new Set(["Reactivated a workspace"]);
    const others = Object.values(AUDIT_WORDS).filter((words) => !alike.has(words));
    expect(new Set(others).size).toBe(others.length);
  });

  it("are there for every action that the code names, wherever it is written", () => {
    const sources = globSync(["lib/**/*.ts", "inngest/**/*.ts", "app/**/*.ts"]).filter(
      (path) => !/test|words\.ts$/.test(path),
    );
    const named = sources.flatMap((path) =>
      [...readFileSync(path, "utf8").matchAll(/\baction:\s*(?:[^,\n]*\? )?"([a-z_]+\.[a-z_]+)"/g)].map(
        ([, action = ""]) => action,
      ),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((action) => auditWords(action) === action)).toEqual([]);
    expect(auditWords("of.yesterday")).toBe("of.yesterday");
  });
});
