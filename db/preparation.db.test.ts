import { beforeAll, describe, expect, it, vi } from "vitest";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { type Database, database } from "./pool";
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
