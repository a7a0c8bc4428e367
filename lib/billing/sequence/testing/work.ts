import { asWorker } from "@/db/access";
import { currentTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import type { TestTenant } from "@/lib/testing/scopes";
import { removeCap, setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { hold, lower, release } from "@/lib/wallet/money-gatherer";
import { refusalError, refusalOf } from "@/lib/wallet/refusal";
import { someone, type Verb } from "./customers";
import { anyOf, rowsOf, type World } from "./world";

const CENT = 10_000;

/** A step begins, for which something is set aside, unless there is too little or a cap is reached. */
const begin: Verb = async (world) => {
  const { job } = someone(world);
  const amount = BigInt(world.chance.whole(1, 500) * CENT);
  await asWorker(job, async (tx) => hold(tx, job, { key: `step:${newId()}` }, amount)).catch((error) => {
    const refusal = refusalOf(error);
    throw refusal ? refusalError(refusal, error) : error;
  });
};

type Held = { key: string; cents: number };

/** What happens to something that is set aside; nothing where there is none. */
async function toHeld(
  world: World,
  act: (tenant: TestTenant, held: Held) => Promise<unknown>,
): Promise<void> {
  const tenant = someone(world);
  const held = await rowsOf<Held>(
    "select key, floor(amount * 100)::int as cents from credit_holds where tenant_id = $1 and status = 'open' order by id",
    [tenant.tenantId],
  );
  const one = anyOf(world, held);
  if (one) await act(tenant, one);
}

/** It ends, and used less or more than what was set aside; or part of it is paid for already. */
const end: Verb = (world) =>
  toHeld(world, ({ job }, { key, cents }) => {
    const { chance } = world;
    const isPart = chance.next() < 0.3;
    const quantityMicros = BigInt(chance.whole(0, 8) * 500_000);
    const item = {
      resourceType: "workflow_node",
      modelKey: null,
      quantityMicros,
      idempotencyKey: newId(),
    } as const;
    const paid = BigInt(chance.whole(0, cents) * CENT);
    return asWorker(job, async (tx) => {
      const items = [isPart ? item : { ...item, holdKey: key }];
      await recordUsage(tx, job, { occurredAt: currentTime(), items });
      if (isPart) lower(tx, job, key, paid);
      else if (quantityMicros === 0n) release(tx, job, key);
    });
  });

const giveUp: Verb = (world) =>
  toHeld(world, ({ job }, { key }) => {
    const isLate = world.chance.next() < 0.3;
    return asWorker(job, async (tx) => release(tx, job, key, isLate ? "expired" : undefined));
  });

/** A cap that may stop work, or is far away, or off. */
const bound: Verb = (world) => {
  const { chance } = world;
  const { admin } = someone(world);
  const period = chance.oneOf(["day", "month"] as const);
  const [amount, isActive] = [String(chance.oneOf([1, 20, 5_000] as const)), chance.next() < 0.8];
  return setCap(admin, setCapInput.parse({ scope: "tenant", period, amount, isActive }));
};

const unbound: Verb = async (world) => {
  const { admin, tenantId } = someone(world);
  const caps = await rowsOf<{ id: string }>("select id from spend_caps where tenant_id = $1 order by id", [
    tenantId,
  ]);
  const cap = anyOf(world, caps);
  if (cap) await removeCap(admin, { capId: cap.id });
};

/** What work under way does to a wallet and its caps, and how often beside each other. */
export const WORK: readonly (readonly [string, number, Verb])[] = [
  ["begin a step", 8, begin],
  ["end a step", 4, end],
  ["give up a step", 1, giveUp],
  ["set a cap", 4, bound],
  ["remove a cap", 3, unbound],
];
