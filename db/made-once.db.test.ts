import { eq, sql } from "drizzle-orm";
import { afterEach, beforeAll, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { auditLog } from "@/db/schema/system";
import { databaseTime, shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { asJson, isAmong, madeOnce, rawOnce } from "./made-once";

withTestDatabase();

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await makeTenant();
});
afterEach(() => shiftClock(0));

const rename = madeOnce<{ id: string; name: string }, { name: string | null }[]>((tx) =>
  tx
    .update(tenants)
    .set({ name: sql`${sql.placeholder("name")}`, updatedAt: sql`now()` })
    .where(eq(tenants.id, sql.placeholder("id")))
    .returning({ name: tenants.name }),
);

it("is sent with the values of each time, on whatever connection", async () => {
  const id = tenant.tenantId;
  for (const name of ["one", "two", "three", "four"]) {
    const answer = await asTenant(tenant.admin, (tx) => rename(tx, { id, name }).execute());
    expect(answer).toEqual([{ name }]);
  }
  const both = await Promise.all(
    ["here", "there"].map((name) => asTenant(tenant.admin, (tx) => rename(tx, { id, name }).execute())),
  );
  expect(both).toEqual([[{ name: "here" }], [{ name: "there" }]]);
});

it("is under the row policies of whom it is sent for", async () => {
  const other = await makeTenant();
  const values = { id: other.tenantId, name: "taken" };
  expect(await asTenant(tenant.admin, (tx) => rename(tx, values).execute())).toEqual([]);
  expect(await asTenant(other.admin, (tx) => rename(tx, values).execute())).toEqual([{ name: "taken" }]);
});

it("moves with the clock of this process", async () => {
  const text = () => sql`select extract(epoch from ${databaseTime()} - now())::int as ahead`;
  const ahead = async () => {
    const { rows } = await asTenant(tenant.admin, (tx) => rawOnce(tx, text, text, {}).execute());
    return rows[0]?.ahead;
  };
  expect(await ahead()).toBe(0);
  shiftClock(7_200_000);
  expect(await ahead()).toBe(7_200);
  shiftClock(0);
  expect(await ahead()).toBe(0);
});

it("refuses what would stay as it was when the statement was built", async () => {
  // When a row was changed, and the id of a new one, are filled in by Drizzle where they are left out.
  const ofOneTime = madeOnce<Record<string, never>, unknown>((tx) => tx.update(tenants).set({ name: "x" }));
  const ofOneId = madeOnce<Record<string, never>, unknown>((tx) =>
    tx.insert(auditLog).values({ actorKind: "user", actorId: "x", action: "a.b", targetType: "t" }),
  );
  for (const stale of [ofOneTime, ofOneId]) {
    const sent = asTenant(tenant.admin, async (tx) => stale(tx, {}).execute());
    await expect(sent).rejects.toThrow("give it a place");
  }
});

it("keeps no value and the value null of JSON apart", async () => {
  expect([asJson(undefined), asJson(null), asJson({ a: null }), asJson("text"), asJson(false)]).toEqual([
    null,
    null,
    '{"a":null}',
    '"text"',
    "false",
  ]);
});

it("finds what is one of the rows of a query", async () => {
  const targetId = newId();
  const found = await asTenant(tenant.admin, async (tx) => {
    const row = { tenantId: tenant.tenantId, actorKind: "user", actorId: "x", targetType: "t", targetId };
    await tx.insert(auditLog).values([
      { ...row, action: "a.one" },
      { ...row, action: "a.two" },
    ]);
    const first = tx
      .select({ id: auditLog.id })
      .from(auditLog)
      .where(eq(auditLog.targetId, targetId))
      .orderBy(auditLog.id)
      .limit(1);
    return tx.select({ action: auditLog.action }).from(auditLog).where(isAmong(auditLog.id, first));
  });
  expect(found).toEqual([{ action: "a.one" }]);
});
