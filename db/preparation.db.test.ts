import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { asSystem } from "./access";
import { type Database, database, openServer, setDatabase } from "./pool";
import { readPreparation, seedAlone } from "./preparation";

withTestDatabase();

const PATIENCE = { timeout: 60_000 };

let target: Database;
beforeAll(async () => {
  target = await database();
});

describe("a database", () => {
  it("is prepared once the newest migration of this program is there, and not before", async () => {
    expect(await readPreparation()).toBe("ok");
    await target.pool.query("alter schema drizzle rename to elsewhere");
    expect(await readPreparation()).toBe("unmigrated");
    await target.pool.query("alter schema elsewhere rename to drizzle");
    const newest = "(select max(created_at) from drizzle.__drizzle_migrations)";
    await target.pool.query(
      `update drizzle.__drizzle_migrations set created_at = created_at - 1 where created_at = ${newest}`,
    );
    expect(await readPreparation()).toBe("unmigrated");
    await target.pool.query(
      `update drizzle.__drizzle_migrations set created_at = created_at + 2 where created_at = ${newest}`,
    );
    expect(await readPreparation()).toBe("ok");
  });
});

describe.runIf(testServerUrl())("a database server", () => {
  it("is seeded by one at a time, and says so meanwhile", async () => {
    const events: string[] = [];
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const first = seedAlone(target, async () => {
      begun.resolve();
      await goOn.promise;
      events.push("first is done");
    });
    await begun.promise;
    expect(await readPreparation()).toBe("seeding");
    const second = seedAlone(target, async () => {
      events.push("second begins");
    });
    goOn.resolve();
    await Promise.all([first, second]);
    expect(events).toEqual(["first is done", "second begins"]);
    await expect(seedAlone(target, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await seedAlone(target, async () => undefined);
    await vi.waitUntil(async () => (await readPreparation()) === "ok", PATIENCE);
  });
});

describe.runIf(testServerUrl())("a server that takes no changes for a while", () => {
  it("is told of as such, and forgotten with its connections once it takes them again", async () => {
    const { rows } = await target.pool.query<{ name: string }>("select current_database() as name");
    const name = rows[0]?.name ?? "";
    // As hosts do with a database whose disk is nearly full: it holds for connections that are opened from then on.
    const admin = openServer(testServerUrl() ?? "", 1);
    const own = openServer(target.connectionString ?? "", 1);
    setDatabase(own);
    const change = () => asSystem("test", (tx) => tx.execute(sql`update tenants set name = name`));
    try {
      await admin.pool.query(`alter database "${name}" set default_transaction_read_only = on`);
      expect(await readPreparation()).toBe("read_only");
      await expect(change()).rejects.toMatchObject({
        code: "upstream",
        reason: "database_unavailable",
        message: expect.stringContaining("takes no changes right now"),
      });
      await own.pool.query("select 1");
      await admin.pool.query(`alter database "${name}" reset default_transaction_read_only`);
      // With the connection of before, which takes none for as long as it is open, and is given up.
      await change();
      expect(await readPreparation()).toBe("ok");
    } finally {
      await admin.pool.query(`alter database "${name}" reset default_transaction_read_only`);
      setDatabase(target);
      await Promise.all([admin.close(), own.close()]);
    }
  });
});
