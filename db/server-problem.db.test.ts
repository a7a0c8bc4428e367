import { describe, expect, it } from "vitest";
import { until } from "@/inngest/engine/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { migrateDatabase } from "./migrate";
import { database, openServer } from "./pool";
import { serverProblem } from "./server-problem";

withTestDatabase();

const PASSWORD = "sesame-77";

async function problemAt(change: (address: URL) => void): Promise<string | null> {
  const address = new URL(testServerUrl() ?? "");
  change(address);
  const opened = openServer(address.href, 1);
  const error: unknown = await migrateDatabase(opened).catch((thrown: unknown) => thrown);
  await opened.close();
  return serverProblem(error, address.href);
}

describe.runIf(testServerUrl())("a database server", () => {
  it.each<[string, (address: URL) => void, RegExp]>([
    [
      "is not there",
      (at) => Object.assign(at, { port: "1" }),
      /127\.0\.0\.1:1 cannot be reached \(.*running/,
    ],
    ["knows another password", (at) => Object.assign(at, { password: PASSWORD }), /does not let "\w+" in/],
    [
      "has no such database",
      (at) => Object.assign(at, { pathname: "/none" }),
      /no database "none": create it/,
    ],
  ])("that %s is told of in a sentence without its password", async (_how, change, sentence) => {
    const problem = await problemAt(change);
    expect(problem).toMatch(sentence);
    expect(problem).not.toContain(PASSWORD);
  });

  it("is migrated however long another takes who migrates it already", async () => {
    const { connectionString } = await database();
    const hurried = openServer(connectionString ?? "", 2, { queryTimeoutMs: 200 });
    const other = openServer(connectionString ?? "", 1, { queryTimeoutMs: 0 });
    const holder = await other.pool.connect();
    await holder.query("select pg_advisory_lock(4820001)");
    let isGivenUp = false;
    const migrating = migrateDatabase(hurried).catch((error: unknown) => {
      isGivenUp = true;
      throw error;
    });
    migrating.catch(() => undefined);
    const waiting = "select from pg_locks where locktype = 'advisory' and objid = 4820001 and not granted";
    await until("it to wait", async () => (await holder.query(waiting)).rowCount === 1);
    // Longer than an answer may take elsewhere.
    await holder.query("select pg_sleep(0.5)");
    expect(isGivenUp).toBe(false);
    await holder.query("select pg_advisory_unlock(4820001)");
    holder.release();
    await migrating;
    await Promise.all([hurried.close(), other.close()]);
  });
});
