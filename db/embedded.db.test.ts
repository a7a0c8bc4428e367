import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { holderOf, lockDataDir } from "./data-folder";
import { enginePort } from "./engine-port";
import { database } from "./pool";

withTestDatabase();

describe("the lock of the data folder", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hirebuddha-lock-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("refuses a second process, in a sentence that says what to do", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
    writeFileSync(join(folder, "lock"), String(other.pid));
    expect(() => lockDataDir(folder)).toThrow(new RegExp(`in use by process ${other.pid}.*DATABASE_URL`));
    other.kill("SIGKILL");
    await once(other, "exit");
    lockDataDir(folder)();
  });

  it("is taken over from a process that is gone, and given back", () => {
    writeFileSync(join(folder, "lock"), "4194304");
    const release = lockDataDir(folder);
    expect(holderOf(folder)).toBe(process.pid);
    expect(readdirSync(folder)).toEqual(["lock"]);
    release();
    expect(() => readFileSync(join(folder, "lock"))).toThrow();
  });
});

describe.runIf(existsSync("/proc/self/stat"))("the number of a process that held the data folder", () => {
  it("belongs to another by now: the folder is nobody's", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hirebuddha-lock-"));
    const path = join(folder, "lock");
    lockDataDir(folder);
    const mine = readFileSync(path, "utf8");
    expect(mine.startsWith(`${process.pid}\n`)).toBe(true);
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
    // As after a restart of the machine, or of a container: the number is somebody's, who began at another time.
    writeFileSync(path, mine.replace(/^\d+/, String(other.pid)));
    expect(holderOf(folder)).toBeNull();
    const release = lockDataDir(folder);
    expect(readFileSync(path, "utf8")).toBe(mine);
    release();
    other.kill("SIGKILL");
    await once(other, "exit");
    rmSync(folder, { recursive: true });
  });
});

it("a lock that a full disk left empty is nobody's", () => {
  const folder = mkdtempSync(join(tmpdir(), "hirebuddha-lock-"));
  writeFileSync(join(folder, "lock"), "");
  expect(holderOf(folder)).toBeNull();
  lockDataDir(folder)();
  rmSync(folder, { recursive: true });
});

describe("work that asks the next question of each answer", () => {
  // Between the questions to a server everything else has its turn anyway.
  it.skipIf(testServerUrl())("lets timers and everything else through", async () => {
    const { pool } = await database();
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 1);
    let asked = 0;
    for (; asked < 50_000 && ticks < 3; asked += 1) await pool.query("select 1");
    clearInterval(timer);
    expect(ticks, `after ${asked} questions`).toBeGreaterThanOrEqual(3);
  });
});

describe("a lost connection", () => {
  it("ends a query, not the process", async () => {
    const { pool, pglite } = await database();
    if (pglite) {
      pool.emit(
        "error",
        new Error("lost"),
        await pool.connect().then((client) => {
          client.release();
          return client;
        }),
      );
    } else {
      const client = await pool.connect();
      const { rows } = await client.query("select pg_backend_pid() as pid");
      client.release();
      await pool.query("select pg_terminate_backend($1)", [rows[0].pid]).catch(() => {});
    }
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });
});

describe("listening", () => {
  it("begins and ends between queries, however many are under way", async () => {
    const port = await enginePort();
    const asking = Array.from({ length: 50 }, (_, at) =>
      port.query<{ n: number }>("select $1::int + 1 as n", [at]).then(([row]) => row?.n),
    );
    await asking[0];
    const listening = Array.from({ length: 5 }, async (_, at) => {
      const stop = await port.listen(`channel_${at}`, { heard: () => undefined, began: () => undefined });
      await stop();
    });
    expect(await Promise.all(asking)).toEqual(asking.map((_, at) => at + 1));
    await Promise.all(listening);
  });
});

it("is as new to whoever comes after a connection that was given up, also in the same turn", async () => {
  const { pool } = await database();
  await pool.query("create table given_up (id int primary key)");
  await pool.query("insert into given_up values ($1)", [1]);
  for (let round = 0; round < 20; round += 1) {
    // A pool gives up the connection on which a query of its own failed.
    await expect(pool.query("insert into given_up values ($1)", [1])).rejects.toMatchObject({
      code: "23505",
    });
    expect((await pool.query("select $1::int as round", [round])).rows).toEqual([{ round }]);
  }
  const client = await pool.connect();
  await client.query("begin");
  await client.query({ name: "named", text: "insert into given_up values ($1)", values: [2] });
  client.release(true);
  expect((await pool.query("select id from given_up")).rows).toEqual([{ id: 1 }]);
  const again = { name: "named", text: "select id + $1::int as id from given_up", values: [1] };
  expect((await pool.query(again)).rows).toEqual([{ id: 2 }]);
});
