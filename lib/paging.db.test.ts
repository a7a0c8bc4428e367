import { describe, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { everyAudit } from "@/lib/audit/queries";
import { audit } from "@/lib/audit/record";
import { newId } from "@/lib/ids";
import { everyRun } from "@/lib/runs/queries";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { give } from "@/lib/wallet/testing";
import { everyTransaction } from "@/lib/wallet/transactions";

withTestDatabase();

/** More than is read at once of any list, and so many more that the last page is not a whole one. */
const ROWS = 1_100;

const newIds = (number: number) => Array.from({ length: number }, () => newId());

async function plant(sql: string, { tenantId }: TestTenant, ids: readonly string[]): Promise<void> {
  await (await database()).pool.query(sql, [tenantId, ids]);
}

const RUN = `insert into executions (id, tenant_id, status, created_at)
  select unnest($2::uuid[]), $1, 'completed', now()`;
const LOGGED = `insert into audit_log (id, tenant_id, actor_kind, action, target_type)
  select unnest($2::uuid[]), $1, 'job', 'run.start', 'run'`;
const MOVED = `insert into credit_transactions select (jsonb_populate_record(t, jsonb_build_object('id', new, 'key', new))).*
  from credit_transactions t, unnest($2::uuid[]) new where t.tenant_id = $1`;

type List = {
  name: string;
  read: (tenant: TestTenant) => AsyncGenerator<readonly { id: string }[]>;
  /** What is there when the download begins. */
  fill: (tenant: TestTenant, ids: readonly string[]) => Promise<unknown>;
  arrive: (tenant: TestTenant) => Promise<unknown>;
};

const gift = { kind: "grant", source: "promo", amount: 1_000_000n } as const;

const LISTS: List[] = [
  {
    name: "runs",
    read: ({ admin }) => everyRun(admin, {}),
    fill: (tenant, ids) => plant(RUN, tenant, ids),
    arrive: (tenant) => plant(RUN, tenant, newIds(3)),
  },
  {
    name: "runs up to a day",
    read: ({ admin }) => everyRun(admin, { to: "2999-01-01" }),
    fill: (tenant, ids) => plant(RUN, tenant, ids),
    arrive: (tenant) => plant(RUN, tenant, newIds(3)),
  },
  {
    name: "what is audited",
    read: ({ admin }) => everyAudit(admin, {}),
    fill: (tenant, ids) => plant(LOGGED, tenant, ids),
    arrive: ({ admin }) =>
      asTenant(admin, (tx) => audit(tx, admin, { action: "agent.create", targetType: "agent" })),
  },
  {
    name: "what changed the credit",
    read: ({ admin, tenantId }) => everyTransaction(admin, tenantId),
    fill: async (tenant, ids) => {
      await give(tenant, { ...gift, key: newId() });
      await plant(MOVED, tenant, ids);
    },
    arrive: (tenant) => give(tenant, { ...gift, key: newId() }),
  },
];

describe("a file that is sent while it is read", () => {
  it.each(LISTS)(
    "has all that was there when it began, each once, whatever comes meanwhile: $name",
    async (list) => {
      const tenant = await makeTenant();
      const ids = newIds(ROWS);
      await list.fill(tenant, ids);
      const read: string[] = [];
      let pages = 0;
      for await (const page of list.read(tenant)) {
        pages += 1;
        read.push(...page.map(({ id }) => id));
        await list.arrive(tenant);
      }
      expect(pages).toBeGreaterThan(1);
      expect(new Set(read).size).toBe(read.length);
      const there = new Set(ids);
      expect(read.filter((id) => there.has(id)).sort()).toEqual(ids.sort());
    },
  );
});
