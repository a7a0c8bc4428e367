import { sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { database } from "@/db/pool";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { makeTenant } from "@/lib/testing/scopes";
import { hold } from "@/lib/wallet/money-gatherer";
import { use } from "@/lib/wallet/testing";
import { type Figure, figure, inTurns, median, type Size, timed } from "./bench";

const CLIENTS = [1, 8, 32] as const;
const OPERATIONS = 64;
const DOLLAR = 1_000_000n;

/**
 * Money set aside and settled with what was used, two transactions each as a step of a run has them, by so many clients at
 * once: each on a wallet of its own, and all on one. The floor is the bare insert of one ledger row by as many clients, on
 * wallets of their own.
 */
export async function measureHolds({ isQuick }: Size): Promise<Figure[]> {
  const { isPipelined } = await database();
  // The embedded database has one connection: more clients only wait in line.
  const clients = isPipelined ? CLIENTS : CLIENTS.slice(0, 2);
  const tenants: TenantScope[] = [];
  for (let n = 0; n < Math.max(...clients); n += 1) tenants.push((await makeTenant()).job);
  const [hot] = tenants;
  if (!hot) throw new Error("there is no tenant");
  const figures: Figure[] = [];
  for (const count of clients) {
    const own = tenants.slice(0, count);
    for (const [where, scopes] of [
      ["on wallets of their own", own],
      ["on one wallet", own.map(() => hot)],
    ] as const) {
      const samples = await inTurns(
        { rounds: isQuick ? 3 : 10, warmUp: 1, maxMs: isQuick ? 3_000 : 12_000 },
        {
          subject: () => timed(() => spread(scopes, holdAndSettle)),
          floor: () => timed(() => spread(own, insertBare)),
        },
      );
      const rate = (ms: readonly number[]) => (OPERATIONS * 1000) / median(ms);
      const name = `holds settled by ${count} ${count === 1 ? "client" : "clients"} ${where}`;
      const floor = { name: "one bare ledger row each, by as many", value: rate(samples.floor) };
      figures.push(figure(name, rate(samples.subject), "per second", floor));
    }
  }
  return figures;
}

/** The same number of operations, shared out among clients that each do one after the other. */
async function spread(
  scopes: readonly TenantScope[],
  work: (scope: TenantScope) => Promise<unknown>,
): Promise<void> {
  const each = async (scope: TenantScope) => {
    for (let n = 0; n < OPERATIONS / scopes.length; n += 1) await work(scope);
  };
  await Promise.all(scopes.map(each));
}

async function holdAndSettle(scope: TenantScope): Promise<void> {
  const key = `bench:${newId()}`;
  await asWorker(scope, async (tx) => hold(tx, scope, { key }, DOLLAR / 100n));
  await use(scope, [{ cost: DOLLAR / 1000n }], { holdKey: key });
}

async function insertBare(scope: TenantScope): Promise<void> {
  const id = newId();
  await asWorker(scope, (tx) =>
    tx.execute(sql`
      insert into ledger_entries (id, tenant_id, resource_type, unit, quantity, platform_cost, tenant_cost,
        partner_commission, system_rate, tenant_rate, idempotency_key, occurred_at)
      values (${id}::uuid, ${scope.tenantId}::uuid, 'workflow_node', 'node', 1, 0.001, 0.001, 0, 0, 0, ${id}, now())`),
  );
}
