import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { tenants } from "@/db/schema/auth";
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
