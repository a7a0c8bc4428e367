import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { newId } from "@/lib/ids";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { give, type Used, use } from "@/lib/wallet/testing";
import { countSome, findUncounted, forgetCounted, lookForWriters, stillOpen } from "./count";
import { sourceFor } from "./counted";
import { bothOf, makeRuns } from "./testing";

withTestDatabase();

const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2026, 2, 1);
const DAYS = 5;
const MARGIN_MS = 100;
const [AGENTS, WORKFLOWS] = [
  [newId(), newId()],
  [newId(), newId()],
];
const MODELS = ["m1", "m2"];

/** What somebody used: with which run, agent, workflow and model, when, and for how much. */
type Spec = {
  run: number;
  agent: number;
  workflow: number;
  model: number;
  at: number;
  cost: number;
  tokens: boolean;
};
type Act =
  | { kind: "use"; rows: Spec[] }
  | { kind: "count"; rows: number }
  | { kind: "pay" }
  | { kind: "reverse" };

const spec = fc.record({
  run: fc.integer({ min: -1, max: 5 }),
  agent: fc.integer({ min: 0, max: 2 }),
  workflow: fc.integer({ min: 0, max: 2 }),
  model: fc.integer({ min: 0, max: 2 }),
  at: fc.integer({ min: 0, max: DAYS * DAY_MS - 1 }),
  cost: fc.integer({ min: 0, max: 5_000_000 }),
  tokens: fc.boolean(),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("use" as const),
      rows: fc.array(spec, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("count" as const), rows: fc.constantFrom(1, 3, 100) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "pay" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "reverse" as const }) },
);
const stretch = fc.tuple(fc.integer({ min: -1, max: DAYS * 24 }), fc.integer({ min: 1, max: DAYS * 24 }));

type Place = { tenant: TestTenant; runs: { executionId: string; rootExecutionId?: string }[] };
type Written = { id: string; used: Used };

/** Two runs by themselves, and four parts of them. */
async function makePlace(): Promise<Place> {
  const tenant = await makeTenant();
  const roots = await makeRuns(tenant, 2);
  const parts = await Promise.all(roots.map((root) => makeRuns(tenant, 2, root)));
  const runs = roots.flatMap((root, at) => [
    { executionId: root },
    ...(parts[at] ?? []).map((executionId) => ({ executionId, rootExecutionId: root })),
  ]);
  return { tenant, runs };
}

function usedOf({ runs }: Place, { run, agent, workflow, model, at, cost, tokens }: Spec): Used {
  const [agentId, workflowId, modelKey] = [AGENTS[agent], WORKFLOWS[workflow], MODELS[model]];
  return {
    at: new Date(FIRST + at),
    cost: BigInt(cost),
    ...runs[run],
    ...(agentId ? { agentId } : {}),
    ...(workflowId ? { workflowId } : {}),
    ...(modelKey ? { modelKey } : {}),
    ...(tokens ? { inputTokens: "0.000125" } : {}),
  };
}

/** Counts all that can be: what was written a moment ago by transactions that have ended. */
async function countNow(tenantId: string, rows = 100): Promise<void> {
  const look = await lookForWriters(0);
  await expect.poll(() => stillOpen(look)).toBe(0);
  while (await countSome(tenantId, look.limit, rows));
}

async function perform(place: Place, written: Written[], what: Act, at: number): Promise<void> {
  const { tenant } = place;
  if (what.kind === "count") {
    const look = await lookForWriters(0);
    await countSome(tenant.tenantId, look.limit, what.rows);
  } else if (what.kind === "pay") {
    await give(tenant, { kind: "topup", source: "paid", amount: 1_500_000n, key: `pay ${at}` });
  } else if (what.kind === "reverse") {
    const mistake = written.find(
      ({ used }) => used.type !== "reversal" && used.cost > 0n && !used.inputTokens,
    );
    if (!mistake) return;
    written.splice(written.indexOf(mistake), 1);
    const { used, id } = mistake;
    await use(tenant.job, [{ ...used, cost: -used.cost, type: "reversal", reverses: id }]);
  } else {
    const rows = what.rows.map((row) => usedOf(place, row));
    const ids = await use(tenant.job, rows);
    written.push(...rows.map((used, n) => ({ used, id: ids[n] ?? "" })));
  }
}

const instants = ([from, hours]: [number, number]): [Date, Date] => {
  const start = FIRST + from * 3_600_000;
  return [new Date(start), new Date(start + hours * 3_600_000)];
};

async function agrees(tenant: TestTenant, stretch: [Date, Date]): Promise<void> {
  for (const source of ["sums", "ledger"] as const) {
    const { told, held } = await bothOf(tenant, stretch, source);
    expect(told, source).toEqual(held);
  }
}

describe("what pages are given is what the ledger holds", () => {
  it("however usage, corrections, payments and counting follow each other", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 14 }), stretch, async (acts, hours) => {
        const place = await makePlace();
        const written: Written[] = [];
        for (const [at, what] of acts.entries()) {
          await perform(place, written, what, at);
          await agrees(place.tenant, instants(hours));
        }
        await agrees(place.tenant, [new Date(FIRST), new Date(FIRST + DAYS * DAY_MS)]);
        await countNow(place.tenant.tenantId, 2);
        expect(await findUncounted((await lookForWriters(0)).limit)).not.toContain(place.tenant.tenantId);
        await agrees(place.tenant, instants(hours));
        await agrees(place.tenant, [new Date(FIRST), new Date(FIRST + DAYS * DAY_MS)]);
      }),
      { numRuns: testServerUrl() ? 40 : 6 },
    );
  });

  it("while it is written, counted by two and read at once", async () => {
    const place = await makePlace();
    const { tenant } = place;
    const specs = fc.sample(spec, { numRuns: 120, seed: 7 });
    let isWriting = true;
    const write = async (part: number) => {
      for (const [at, row] of specs.entries()) {
        if (at % 4 !== part) continue;
        await use(tenant.job, [usedOf(place, row)]);
        if (at % 24 === part)
          await give(tenant, { kind: "topup", source: "paid", amount: 900_000n, key: `pay ${at}` });
      }
    };
    const whileWriting = async (work: () => Promise<unknown>) => {
      while (isWriting) await work();
    };
    const count = async () => {
      const look = await lookForWriters(MARGIN_MS);
      await expect.poll(() => stillOpen(look), { interval: 5 }).toBe(0);
      await countSome(tenant.tenantId, look.limit, 7);
    };
    const read = () => agrees(tenant, [new Date(FIRST + 5_000_000), new Date(FIRST + 4 * DAY_MS)]);
    const helpers = [count, count, read].map(whileWriting);
    await Promise.all([0, 1, 2, 3].map(write)).finally(() => {
      isWriting = false;
    });
    await Promise.all(helpers);
    await countNow(tenant.tenantId);
    await read();
    await agrees(tenant, [new Date(FIRST), new Date(FIRST + DAYS * DAY_MS)]);
  });
});

describe("counting", () => {
  let place: Place;
  const all: [Date, Date] = [new Date(FIRST), new Date(FIRST + DAYS * DAY_MS)];
  const some = (): Used => ({
    at: new Date(FIRST),
    cost: 1_000_000n,
    agentId: AGENTS[0] ?? "",
    ...place.runs[0],
  });
  const kept = async (what: string) =>
    (
      await (
        await database()
      ).pool.query(`select ${what} as kept from usage_sums where tenant_id = $1`, [place.tenant.tenantId])
    ).rows[0]?.kept;

  beforeAll(async () => {
    place = await makePlace();
  });

  it("counts each row once, however often and by however many it is asked for", async () => {
    const { tenant } = place;
    for (const _ of [1, 2, 3, 4, 5, 6]) {
      await use(tenant.job, [some(), some(), some()]);
      const { limit } = await lookForWriters(0);
      await Promise.all([1, 2, 3, 4].map(() => countSome(tenant.tenantId, limit)));
      expect(await countSome(tenant.tenantId, limit)).toBe(false);
    }
    expect(await kept("sum(tenant_cost)::text")).toBe("18.000000");
    await agrees(tenant, all);
  });

  it("leaves what is not ten minutes old, and goes on to what came later, whenever it was used", async () => {
    const { tenant } = place;
    await use(tenant.job, [{ ...some(), at: new Date(FIRST + DAY_MS) }]);
    const { limit } = await lookForWriters();
    // Pages read all that is younger from the ledger: much more of it would be felt.
    expect(Date.now() - new Date(limit).getTime()).toBeLessThan(15 * 60_000);
    await countSome(tenant.tenantId, limit);
    expect(await kept("sum(tenant_cost)::text")).toBe("18.000000");
    await use(tenant.job, [{ ...some(), at: new Date(FIRST - 40 * DAY_MS) }]);
    await countNow(tenant.tenantId);
    expect(await kept("sum(tenant_cost)::text || ' ' || min(day)")).toBe("20.000000 2026-01-20");
    await agrees(tenant, all);
  });

  it("keeps of a day with many rows one for each agent, workflow, model and resource", async () => {
    const { tenant } = place;
    const before = await kept("count(*)::int");
    await use(tenant.job, Array.from({ length: 50 }, some));
    await countNow(tenant.tenantId, 10);
    expect(await kept("count(*)::int")).toBe(before);
    await agrees(tenant, all);
  });

  it("is read while little is not counted, and the ledger alone while counting has far to go", async () => {
    const { job, admin, tenantId } = await makeTenant();
    const source = () => asTenant(admin, (tx) => sourceFor(tx, tenantId));
    expect(await source()).toBe("ledger");
    await use(
      job,
      [some()].map(({ at, cost }) => ({ cost, ...(at ? { at } : {}) })),
    );
    await countNow(tenantId);
    await use(job, [{ cost: 1n }]);
    expect(await source()).toBe("sums");
    const { pool } = await database();
    await pool.query(
      "update usage_counted set until = now() - interval '3 days', margins_until = now() - interval '3 days' where tenant_id = $1",
      [tenantId],
    );
    expect(await source()).toBe("ledger");
  });

  it("can be forgotten and is made anew", async () => {
    const { tenant } = place;
    const before = await kept("sum(tenant_cost)::text");
    await forgetCounted(tenant.tenantId);
    expect(await kept("count(*)::int")).toBe(0);
    await agrees(tenant, all);
    await countNow(tenant.tenantId, 4);
    expect(await kept("sum(tenant_cost)::text")).toBe(before);
    await agrees(tenant, all);
  });
});
