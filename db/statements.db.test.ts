import type { Writable } from "node:stream";
import { eq, sql } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asTenant, type Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { sqlState } from "./failures";
import { lineOf } from "./line";
import { withSavepoint } from "./savepoint";
import { eachTogether, inPassing, lastTogether, sendNow } from "./statements";

withTestDatabase();

type Connected = { readonly connection: { readonly stream: Writable } } | undefined;

const DIVISION_BY_ZERO = "22012";

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await makeTenant();
});
beforeEach(async () => {
  await asTenant(tenant.admin, (tx) => rename(tx, "before"));
});

const rename = (tx: Tx, name: string) =>
  tx.update(tenants).set({ name }).where(eq(tenants.id, tenant.tenantId)).returning({ name: tenants.name });
const fail = (tx: Tx) => tx.execute(sql`select 1 / 0`);
const nameNow = async () => {
  const [row] = await asTenant(tenant.admin, (tx) => tx.select({ name: tenants.name }).from(tenants));
  return row?.name;
};

describe("a statement in passing", () => {
  it("has happened before the next one, and is kept", async () => {
    const seen = await asTenant(tenant.admin, async (tx) => {
      await inPassing(tx, rename(tx, "after"));
      return tx.select({ name: tenants.name }).from(tenants);
    });
    expect(seen).toEqual([{ name: "after" }]);
    expect(await nameNow()).toBe("after");
  });

  it("that fails is why the transaction fails, whatever comes behind it", async () => {
    const bare = asTenant(tenant.admin, async (tx) => {
      await rename(tx, "after");
      await inPassing(tx, fail(tx));
    });
    expect(sqlState(await bare.catch((error: unknown) => error))).toBe(DIVISION_BY_ZERO);
    const followed = asTenant(tenant.admin, async (tx) => {
      await inPassing(tx, fail(tx));
      await rename(tx, "after");
      await lastTogether(tx, [rename(tx, "last")]);
    });
    expect(sqlState(await followed.catch((error: unknown) => error))).toBe(DIVISION_BY_ZERO);
    expect(await nameNow()).toBe("before");
  });

  it("whose answer is not as it has to be fails the transaction before it commits", async () => {
    const failing = asTenant(tenant.admin, async (tx) => {
      await inPassing(tx, rename(tx, "after"), ([row]) => {
        if (row?.name === "after") throw new Error("not this one");
      });
    });
    await expect(failing).rejects.toThrow("not this one");
    expect(await nameNow()).toBe("before");
  });

  it("fails where it stands within a savepoint, and leaves the rest of the transaction", async () => {
    await asTenant(tenant.admin, async (tx) => {
      await rename(tx, "after");
      const inner = withSavepoint(tx, () => inPassing(tx, fail(tx)));
      expect(sqlState(await inner.catch((error: unknown) => error))).toBe(DIVISION_BY_ZERO);
    });
    expect(await nameNow()).toBe("after");
  });
});

it("what was sent leaves when it is told to, before the rest is put together", async () => {
  await asTenant(tenant.admin, async (tx) => {
    const line = lineOf(tx);
    const { stream } = (line?.client as unknown as Connected)?.connection ?? {};
    const sent = rename(tx, "after").then((rows) => rows);
    const heldBack = stream?.writableCorked ?? 0;
    sendNow(tx);
    // On the embedded database nothing is held back.
    expect([heldBack > 0, stream?.writableCorked ?? 0]).toEqual([line?.isPipelined, 0]);
    expect(await sent).toEqual([{ name: "after" }]);
  });
  expect(await nameNow()).toBe("after");
});

describe("things done together", () => {
  /** Two things at once. */
  const both = (tx: Tx, ...works: (() => Promise<unknown>)[]) => eachTogether(tx, works, (work) => work());

  it("give each their own answer, and wait for each other where one fails", async () => {
    const answers = await asTenant(tenant.admin, (tx) =>
      both(
        tx,
        () => eachTogether(tx, ["a", "b"], (name) => rename(tx, name)),
        () => tx.execute(sql`select 1 as one`).then(({ rows }) => rows),
      ),
    );
    expect(answers).toEqual([[[{ name: "a" }], [{ name: "b" }]], [{ one: 1 }]]);
    const failing = asTenant(tenant.admin, (tx) =>
      both(
        tx,
        () => fail(tx),
        () => rename(tx, "after"),
      ),
    );
    expect(sqlState(await failing.catch((error: unknown) => error))).toBe(DIVISION_BY_ZERO);
    expect(await nameNow()).toBe("b");
  });

  it("fail for the reason of the one that failed, not of those that were sent behind it", async () => {
    const waited = asTenant(tenant.admin, (tx) =>
      both(
        tx,
        () => rename(tx, "after").then(() => rename(tx, "later")),
        () => fail(tx),
      ),
    );
    expect(sqlState(await waited.catch((error: unknown) => error))).toBe(DIVISION_BY_ZERO);
    const passing = asTenant(tenant.admin, (tx) =>
      both(
        tx,
        () => rename(tx, "after").then(() => inPassing(tx, rename(tx, "later"))),
        () => fail(tx),
      ),
    );
    expect(sqlState(await passing.catch((error: unknown) => error))).toBe(DIVISION_BY_ZERO);
    expect(await nameNow()).toBe("before");
  });
});
