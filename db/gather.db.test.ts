import { eq, type SQL, sql } from "drizzle-orm";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { asTenant, type Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { inPassing, lastTogether, sendLast } from "@/db/statements";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { type Gatherer, gather } from "./gather";
import { database } from "./pool";
import { withSavepoint } from "./savepoint";

withTestDatabase();

const PATIENCE = { timeout: 60_000 };

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await makeTenant();
});

const rename = (tx: Tx, name: string) =>
  tx.update(tenants).set({ name }).where(eq(tenants.id, tenant.tenantId));
const nameNow = async () => {
  const [row] = await asTenant(tenant.admin, (tx) => tx.select({ name: tenants.name }).from(tenants));
  return row?.name;
};

/** Appends every gathered word to the tenant's name. */
function appending(told: unknown[] = []): Gatherer<string> {
  return {
    statement: () => sql`update tenants set name = name || ${sql.placeholder("words")} returning name`,
    values: (words) => ({ words: words.join("") }),
    done: (rows, words) => told.push({ rows, words }),
  };
}

const doing = (statement: SQL, lane?: string): Gatherer<null> => ({
  statement: () => statement,
  values: () => ({}),
  ...(lane ? { lane: () => lane } : {}),
});

describe("what a transaction gathers", () => {
  it("is done by one statement at its end, and told with its rows", async () => {
    const told: unknown[] = [];
    const gatherer = appending(told);
    await asTenant(tenant.admin, async (tx) => {
      gather(tx, gatherer, "a");
      await rename(tx, "name ");
      gather(tx, gatherer, "b");
    });
    expect(told).toEqual([{ rows: [{ name: "name ab" }], words: ["a", "b"] }]);
    expect(await nameNow()).toBe("name ab");
    await asTenant(tenant.admin, async () => {});
    expect(told).toHaveLength(1);
  });

  it("takes the whole transaction with it when it fails", async () => {
    const told: unknown[] = [];
    await asTenant(tenant.admin, (tx) => rename(tx, "before"));
    const failing = asTenant(tenant.admin, async (tx) => {
      await rename(tx, "after");
      gather(tx, appending(told), "!");
      gather(tx, doing(sql`select 1 / 0`), null);
    });
    await expect(failing).rejects.toMatchObject({ code: "22012" });
    expect(told).toEqual([]);
    expect(await nameNow()).toBe("before");
  });

  it("is forgotten with the part of a transaction that is taken back", async () => {
    const gatherer = appending();
    await asTenant(tenant.admin, async (tx) => {
      await rename(tx, "kept ");
      gather(tx, gatherer, "1");
      const part = withSavepoint(tx, async () => {
        gather(tx, gatherer, "2");
        throw new Error("taken back");
      });
      await expect(part).rejects.toThrow("taken back");
      gather(tx, gatherer, "3");
    });
    expect(await nameNow()).toBe("kept 13");
  });

  it("leaves nothing for the next transaction when the work throws", async () => {
    await asTenant(tenant.admin, (tx) => rename(tx, "plain"));
    const failing = asTenant(tenant.admin, async (tx) => {
      gather(tx, appending(), "?");
      throw new Error("stop");
    });
    await expect(failing).rejects.toThrow("stop");
    expect(await nameNow()).toBe("plain");
  });

  it("leaves with the last statements, where those are sent as such", async () => {
    const told: unknown[] = [];
    await asTenant(tenant.admin, async (tx) => {
      gather(tx, appending(told), "!");
      await lastTogether(tx, [rename(tx, "last")]);
    });
    expect(told).toHaveLength(1);
    expect(await nameNow()).toBe("last!");
    const failing = asTenant(tenant.admin, async (tx) => {
      gather(tx, doing(sql`select 1 / 0`), null);
      await lastTogether(tx, [rename(tx, "lost")]);
    });
    await expect(failing).rejects.toMatchObject({ code: "22012" });
    const late = asTenant(tenant.admin, async (tx) => {
      await lastTogether(tx, [rename(tx, "late")]);
      gather(tx, appending(told), "?");
    });
    await expect(late).rejects.toThrow("no open transaction");
    expect(await nameNow()).toBe("late");
  });

  it("may leave before the answers that the commit waits for, and is taken back when one is not as it has to be", async () => {
    const told: unknown[] = [];
    const closing = (check: () => void) =>
      asTenant(tenant.admin, async (tx) => {
        gather(tx, appending(told), "!");
        await inPassing(tx, rename(tx, "early"), check);
        await sendLast(tx);
      });
    await closing(() => undefined);
    expect(await nameNow()).toBe("early!");
    expect(told).toHaveLength(1);
    await asTenant(tenant.admin, (tx) => rename(tx, "before"));
    const refused = closing(() => {
      throw new Error("not as it has to be");
    });
    await expect(refused).rejects.toThrow("not as it has to be");
    expect(await nameNow()).toBe("before");
    expect(told).toHaveLength(1);
  });
});

// PGlite has one connection.
describe.runIf(testServerUrl())("what a transaction gathers, on a server", () => {
  const KEY = 4_711;
  const waitingFor = async () => {
    const { rows } = await (await database()).pool.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and objid = ${KEY} and not granted
        and database = (select oid from pg_database where datname = current_database())`,
    );
    return rows.map(({ pid }) => pid);
  };
  /** Does something while nobody gets the lock that the gathered statements ask for. */
  async function whileLocked(work: () => Promise<void>): Promise<void> {
    const client = await (await database()).pool.connect();
    await client.query(`select pg_advisory_lock(${KEY})`);
    try {
      await work();
    } finally {
      await client.query(`select pg_advisory_unlock(${KEY})`);
      client.release();
    }
  }
  const locking = (lane?: string) => doing(sql`select pg_advisory_xact_lock(${sql.raw(String(KEY))})`, lane);

  it("is not tried again when the connection is lost after the commit was sent", async () => {
    await asTenant(tenant.admin, (tx) => rename(tx, "sent"));
    let tries = 0;
    await whileLocked(async () => {
      const lost = asTenant(tenant.admin, async (tx) => {
        tries += 1;
        await rename(tx, "lost");
        gather(tx, locking(), null);
      });
      const outcome = expect(lost).rejects.toMatchObject({ reason: "database_unavailable" });
      const [pid] = await vi.waitUntil(async () => {
        const pids = await waitingFor();
        return pids.length === 1 && pids;
      }, PATIENCE);
      await (await database()).pool.query(`select pg_terminate_backend(${pid})`);
      await outcome;
    });
    expect(tries).toBe(1);
    expect(await nameNow()).toBe("sent");
  });

  it("leaves before an answer that is waited for, unless another of its lane is about to end", async () => {
    const sent: string[] = [];
    const noting = (name: string): Gatherer<null> => ({
      ...doing(sql`select 1`, "shared"),
      values: () => {
        sent.push(name);
        return {};
      },
    });
    const ending = (name: string) =>
      asTenant(tenant.admin, async (tx) => {
        gather(tx, noting(name), null);
        const waiting = {
          execute: () => tx.execute(sql`select pg_advisory_xact_lock_shared(${sql.raw(String(KEY))})`),
        };
        await inPassing(tx, waiting, () => undefined);
        await sendLast(tx);
      });
    const all: Promise<void>[] = [];
    await whileLocked(async () => {
      all.push(ending("first"));
      await vi.waitUntil(() => sent.length > 0, PATIENCE);
      expect(await waitingFor()).toHaveLength(1);
      all.push(ending("second"));
      await vi.waitUntil(async () => (await waitingFor()).length === 2, PATIENCE);
      expect(sent).toEqual(["first"]);
    });
    await Promise.all(all);
    expect(sent).toEqual(["first", "second"]);
  });

  it("of one lane has two under way and no more", async () => {
    let ready = 0;
    const all: Promise<void>[] = [];
    await whileLocked(async () => {
      for (let n = 0; n < 7; n += 1)
        all.push(
          asTenant(tenant.admin, async (tx) => {
            await tx.execute(sql`select 1`);
            ready += 1;
            gather(tx, locking("lane"), null);
          }),
        );
      await vi.waitUntil(() => ready === 7, PATIENCE);
      await vi.waitUntil(async () => (await waitingFor()).length >= 2, PATIENCE);
      expect(await waitingFor()).toHaveLength(2);
    });
    await Promise.all(all);
  });
});
