import { inspect } from "node:util";
import { eq, type SQL, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asSystem, asTenant, asWorker } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { lastTogether, together } from "@/db/statements";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";

withTestDatabase();

describe("the handles", () => {
  it("show a tenant its own rows and no other's", async () => {
    const [a, b] = [await makeTenant(), await makeTenant()];
    const seen = await asTenant(a.admin, (tx) => tx.select({ id: tenants.id }).from(tenants));
    expect(seen).toEqual([{ id: a.tenantId }]);
    const changed = await asTenant(a.admin, (tx) =>
      tx
        .update(tenants)
        .set({ name: "stolen" })
        .where(eq(tenants.id, b.tenantId))
        .returning({ id: tenants.id }),
    );
    expect(changed).toEqual([]);
  });

  it("refuse to open inside one another", async () => {
    const { admin } = await makeTenant();
    await expect(asTenant(admin, () => asWorker(admin, async () => 1))).rejects.toThrow(/inside/);
  });

  it("leave nothing of a tenant on the connection", async () => {
    const { admin } = await makeTenant();
    await asTenant(admin, async () => {});
    await expect(asTenant({ ...admin, tenantId: "" }, async () => {})).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("have no statement compiled first", async () => {
    const { admin } = await makeTenant();
    for (const open of [asTenant, asWorker]) {
      const { rows } = await open(admin, (tx) => tx.execute(sql`show jit`));
      expect(rows).toEqual([{ jit: "off" }]);
    }
  });

  it("tell of what failed without the values it was given", async () => {
    const { tenantId } = await makeTenant();
    const name = "ada@example.com";
    const divided = sql`select 1 / (length(${name}) - ${name.length})`;
    const refused = sql`update tenants set name = ${name}, created_at = null where id = ${tenantId}`;
    const printed = async (statement: SQL) => {
      const failing = asSystem("test", (tx) => tx.execute(statement));
      return inspect(await failing.catch((error: unknown) => error), { depth: 9 });
    };
    const [first, second] = [await printed(divided), await printed(refused)];
    expect(first).toMatch(/Failed query: select 1.*division by zero/s);
    expect(second).toMatch(/Failed query: update tenants.*violates not-null/s);
    expect(first + second).not.toContain(name);
  });

  it("roll back when the work throws", async () => {
    const { admin, tenantId } = await makeTenant();
    const failing = asTenant(admin, async (tx) => {
      await tx.update(tenants).set({ name: "half done" }).where(eq(tenants.id, tenantId));
      throw new Error("stop");
    });
    await expect(failing).rejects.toThrow("stop");
    const [row] = await asTenant(admin, (tx) => tx.select({ name: tenants.name }).from(tenants));
    expect(row?.name).toBe(`Tenant ${tenantId}`);
  });
});

describe("statements sent together", () => {
  it("answer in their order", async () => {
    const { admin, tenantId } = await makeTenant();
    const [ids, , names] = await asTenant(admin, (tx) =>
      together(tx, [
        tx.select({ id: tenants.id }).from(tenants),
        tx.update(tenants).set({ name: "after" }).where(eq(tenants.id, tenantId)),
        tx.select({ name: tenants.name }).from(tenants),
      ]),
    );
    expect([ids, names]).toEqual([[{ id: tenantId }], [{ name: "after" }]]);
  });

  it("write nothing when one of the last ones fails", async () => {
    const { admin, tenantId } = await makeTenant();
    const failing = asTenant(admin, (tx) =>
      lastTogether(tx, [
        tx.update(tenants).set({ name: "half done" }).where(eq(tenants.id, tenantId)),
        tx.execute(sql`select 1 / 0`),
      ]),
    );
    await expect(failing).rejects.toMatchObject({ cause: { code: "22012" } });
    const rows = await asTenant(admin, (tx) => tx.select({ name: tenants.name }).from(tenants));
    expect(rows).not.toContainEqual({ name: "half done" });
  });

  it("write what the last ones write, and let nothing follow them", async () => {
    const { admin, tenantId } = await makeTenant();
    const late = asTenant(admin, async (tx) => {
      await lastTogether(tx, [tx.update(tenants).set({ name: "done" }).where(eq(tenants.id, tenantId))]);
      await tx.update(tenants).set({ name: "too late" }).where(eq(tenants.id, tenantId));
    });
    await expect(late).rejects.toMatchObject({ cause: { message: /after the last/ } });
    const rows = await asTenant(admin, (tx) => tx.select({ name: tenants.name }).from(tenants));
    expect(rows).toEqual([{ name: "done" }]);
  });

  it("refuse to commit what an error that was overlooked left void", async () => {
    const { admin, tenantId } = await makeTenant();
    const overlooked = asTenant(admin, async (tx) => {
      await tx.update(tenants).set({ name: "void" }).where(eq(tenants.id, tenantId));
      await tx.execute(sql`select 1 / 0`).catch(() => undefined);
    });
    await expect(overlooked).rejects.toThrow(/nothing was written/);
  });
});
