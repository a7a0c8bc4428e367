import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { microsFromNumeric } from "@/lib/money";
import { readWallet } from "./store";
import {
  type ReachedCap,
  reachedCapsOf,
  readOldest,
  type Waiters,
  waitsForCap,
  waitsForCredit,
  waitsToAsk,
} from "./unpaid";
import { planWake } from "./wake-order";

/** So many go on in one turn, shared by what they wait for: what waits for one cap keeps nothing else waiting. */
const MOST = 500;

async function fittingUnder(
  tx: Tx,
  scope: TenantScope,
  of: Waiters,
  cap: ReachedCap,
  most: number,
): Promise<string[]> {
  const waiting = await readOldest(tx, scope, of, waitsForCap(of, scope, cap), most);
  if (cap.amount === null) return waiting.map(({ id }) => id);
  if (cap.period !== "run") return planWake(waiting, microsFromNumeric(cap.room ?? "0"));
  const runs = Map.groupBy(waiting, ({ run }) => run?.rootId);
  return [...runs.values()].flatMap((ofRun) => planWake(ofRun, ofRun[0]?.run?.room ?? 0n));
}

/**
 * What of a tenant waits for money and can go on now, oldest first: as far as its credit reaches, and as far as each cap
 * does; of steps that do not fit under a cap that asks, one goes on to ask. Each is held until the transaction ends.
 */
export async function payableOf(tx: Tx, scope: TenantScope, of: Waiters): Promise<string[]> {
  const caps = await reachedCapsOf(tx, scope, of);
  const most = Math.ceil(MOST / (caps.length + 1));
  const available = (await readWallet(tx, scope.tenantId))?.availableMicros ?? 0n;
  const found =
    available > 0n
      ? planWake(await readOldest(tx, scope, of, waitsForCredit(of, scope, available), most), available)
      : [];
  for (const cap of caps) {
    found.push(...(await fittingUnder(tx, scope, of, cap, most)));
    if (!cap.mayAsk || !of.run) continue;
    for (const { id } of await readOldest(tx, scope, of, waitsToAsk(of, scope, cap), 1)) found.push(id);
  }
  return found;
}

/** The next that wait for money behind an id, each held until the transaction ends. Of what a person is asked about, none. */
export async function readToAskAgain(
  tx: Tx,
  scope: TenantScope,
  of: Waiters,
  after: string | null,
): Promise<string[]> {
  const statement = sql`select s.id, s.needed, null::uuid as root_id, null::numeric as run_room from ${of.from}
    where s.tenant_id = ${scope.tenantId}::uuid and ${of.wait} and s.wait_reason <> 'ask'`;
  const which = after === null ? sql`true` : sql`id > ${after}::uuid`;
  return (await readOldest(tx, scope, of, { statement, which }, MOST)).map(({ id }) => id);
}
