import { describe, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { auditFilterInput } from "./input";
import { exportAudit, listAudit } from "./queries";
import { audit } from "./record";

withTestDatabase();

function record(tenant: TestTenant, action: string, result: "done" | "denied" = "done") {
  return asTenant(tenant.admin, (tx) =>
    audit(tx, tenant.admin, { action, targetType: "test", after: { name: "x" } }, result),
  );
}

describe("the audit list", () => {
  it("pages through all rows, newest first, each once", async () => {
    const tenant = await makeTenant();
    for (let index = 0; index < 60; index += 1) await record(tenant, `agent.step${index}`);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAudit(tenant.admin, cursor ? { cursor } : {});
      seen.push(...page.items.map((row) => row.action));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => `agent.step${59 - index}`));
  });

  it("filters by subject, person, result and day, and names who it was", async () => {
    const tenant = await makeTenant();
    await record(tenant, "api_key.create");
    await record(tenant, "apixkey.create");
    await record(tenant, "access.denied", "denied");
    const only = async (filter: Parameters<typeof exportAudit>[1]) =>
      (await exportAudit(tenant.admin, filter)).map((row) => row.action);
    expect(await only({ subject: "api_key" })).toEqual(["api_key.create"]);
    expect(await only({ result: "denied" })).toEqual(["access.denied"]);
    expect(await only({ actor: tenant.memberId })).toEqual([]);
    const today = new Date().toISOString().slice(0, 10);
    expect(await only({ from: today, to: today })).toHaveLength(3);
    expect(await only({ to: "2020-01-01" })).toEqual([]);
    expect((await exportAudit(tenant.admin, {}))[0]).toMatchObject({
      actor: "Test tenant_admin",
      isVisit: false,
    });
  });

  it("is one workspace's own, and its admins'", async () => {
    const [a, b] = [await makeTenant(), await makeTenant()];
    await record(b, "agent.create");
    const [foreign] = await exportAudit(b.admin, {});
    expect((await listAudit(a.admin, { cursor: foreign?.id })).items).toEqual([]);
    await expect(listAudit(a.member, {})).rejects.toMatchObject({ code: "forbidden" });
    expect(auditFilterInput.safeParse({ tenantId: b.tenantId }).success).toBe(false);
  });
});
