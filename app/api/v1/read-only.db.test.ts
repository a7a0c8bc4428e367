import { beforeAll, describe, expect, it } from "vitest";
import { database, openServer, setDatabase } from "@/db/pool";
import { OPERATIONS } from "@/lib/api/catalogue";
import { seedRunPrices } from "@/lib/runs/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { plantRows } from "@/lib/testing/rows";
import { makeTenant } from "@/lib/testing/scopes";
import { makeReadable, plantedIds, requestOf } from "./planted-testing";
import { call, makeKey } from "./testing";

withTestDatabase();

let key: string;
let ids: Record<string, string>;
beforeAll(async () => {
  await seedRunPrices();
  const tenant = await makeTenant();
  await plantRows(tenant, null);
  ids = { ...(await plantedIds(tenant)), ...(await makeReadable(tenant)) };
  key = await makeKey(tenant);
});

/** Every operation of these methods, and the status it answers with. */
async function statuses(isRead: boolean): Promise<(readonly [string, number])[]> {
  const told: (readonly [string, number])[] = [];
  for (const operation of OPERATIONS.filter(({ method }) => (method === "get") === isRead)) {
    const { id, method, query, example } = operation;
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? "");
    const search = query && !query.safeParse({}).success ? `?${new URLSearchParams(example?.query)}` : "";
    const response = await call(method.toUpperCase(), path + search, { key, ...requestOf(operation) });
    await response.body?.cancel();
    told.push([id, response.status]);
  }
  return told;
}

describe.runIf(testServerUrl())("a database that takes no changes", () => {
  it("can be read by programs as before, and what would change something is told so", async () => {
    const target = await database();
    const shut = new URL(target.connectionString ?? "");
    shut.searchParams.set("options", "-c default_transaction_read_only=on");
    const standby = openServer(shut.href, 2);
    // The key was never used: nothing of it can be noted.
    setDatabase(standby);
    const { reads, writes } = await Promise.resolve()
      .then(async () => ({ reads: await statuses(true), writes: await statuses(false) }))
      .finally(() => setDatabase(target))
      .finally(() => standby.close());
    expect(reads).toEqual(await statuses(true));
    expect(reads.filter(([, status]) => status >= 500)).toEqual([]);
    expect(writes).toEqual(writes.map(([id]) => [id, 503]));
  });
});
