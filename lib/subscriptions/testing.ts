import { and, asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { asSystem, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { systemRates } from "@/db/schema/billing";
import { invoiceLines, invoices } from "@/db/schema/invoices";
import { subscriptionChanges } from "@/db/schema/plans";
import { creditLots, wallets } from "@/db/schema/wallets";
import type { PlatformScope } from "@/db/scope";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { createPlan, setPlanPrice } from "@/lib/plans/commands";
import { createPlanInput } from "@/lib/plans/input";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { findSubscription } from "./store";

let present = new Date(0);

/** Sets the clock of this process, the database's business time included. It runs on: see `atTime`. */
export function setTime(text: string): void {
  present = new Date(`${text}Z`);
  shiftClock(present.getTime() - Date.now());
}

/** The instant that was set last: it stands still however slow the machine is. */
export const atTime = () => present;

/** A plan with a monthly price, ten of which are a year's, and what a month includes, in dollars. */
export async function makePlan(
  platform: PlatformScope,
  name: string,
  { dollars, allowance = "0" }: { dollars: bigint; allowance?: string },
): Promise<string> {
  const since = new Date("2020-01-01T00:00:00Z");
  const { planId } = await createPlan(
    platform,
    createPlanInput.parse({
      key: `${name.toLowerCase()}-${newId().slice(-12)}`,
      name,
      allowance,
      trialDays: "0",
      trialAllowance: "0",
      position: "1",
      isPublic: true,
    }),
  );
  for (const [billingCycle, amount] of [
    ["monthly", dollars * 100n],
    ["annual", dollars * 1_000n],
  ] as const)
    await setPlanPrice(
      platform,
      { planId, billingCycle, amount, effectiveFrom: since, currency: "USD" },
      since,
    );
  return planId;
}

/** A tenant that pays before it uses, without credit. */
export async function makePrepaid(): Promise<TestTenant> {
  const tenant = await makeTenant();
  await (await database()).pool.query(
    "update wallets set mode = 'prepaid', credit_limit = 0 where tenant_id = $1",
    [tenant.tenantId],
  );
  return tenant;
}

/** The transfer for an invoice has arrived. */
export async function payByTransfer(platform: PlatformScope, invoiceId: string | null): Promise<void> {
  const input = { invoiceId: invoiceId ?? "", method: "bank_transfer", reference: newId() } as const;
  await recordPayment(platform, input, present);
}

/** Everything that is written down of a tenant's plan. */
export async function planBooks({ tenantId }: TestTenant) {
  return asSystem("test", async (tx) => {
    const sub = await findSubscription(tx, tenantId);
    const [wallet] = await tx.select().from(wallets).where(eq(wallets.tenantId, tenantId));
    const lots = await tx
      .select()
      .from(creditLots)
      .where(and(eq(creditLots.tenantId, tenantId), eq(creditLots.source, "plan")))
      .orderBy(asc(creditLots.id));
    const documents = await tx
      .select()
      .from(invoices)
      .where(eq(invoices.tenantId, tenantId))
      .orderBy(asc(invoices.id));
    const lines = await tx
      .select()
      .from(invoiceLines)
      .where(eq(invoiceLines.tenantId, tenantId))
      .orderBy(asc(invoiceLines.position));
    const changes = await tx
      .select()
      .from(subscriptionChanges)
      .where(eq(subscriptionChanges.tenantId, tenantId))
      .orderBy(asc(subscriptionChanges.at), asc(subscriptionChanges.id));
    return {
      status: sub?.status,
      plan: sub?.planName.replace(/-[0-9a-f]{12}$/, ""),
      period: [sub?.currentPeriodStart, sub?.currentPeriodEnd].map((at) => at?.toISOString().slice(0, 16)),
      paidThrough: sub?.paidThrough?.toISOString().slice(0, 16),
      allowance: wallet?.allowance,
      lots: lots.map((lot) => `${lot.amount} until ${lot.expiresAt?.toISOString().slice(0, 16)}`),
      invoices: documents.map(
        (one) =>
          `${one.kind} ${one.status} ${one.totalAmount.slice(0, -4)}: ${lines
            .filter((line) => line.invoiceId === one.id)
            .map((line) => `${line.kind} ${line.amountCents}`)
            .join(", ")}`,
      ),
      invoiceIds: documents.map((one) => one.id),
      changes: changes.map((change) => change.kind),
    };
  });
}

/** A dollar a node, for as long as anybody remembers. */
export async function priceNodes(): Promise<void> {
  await drizzle((await database()).pool)
    .insert(systemRates)
    .values({ resourceType: "workflow_node", unit: "node", rate: "1.000000", effectiveFrom: new Date(0) });
}

/** Uses some nodes, as priced by `priceNodes`. @returns the ledger entry */
export async function spendNodes({ job }: TestTenant, nodes: number): Promise<string> {
  const idempotencyKey = newId();
  const item = {
    resourceType: "workflow_node",
    modelKey: null,
    quantityMicros: countQuantity(nodes),
    idempotencyKey,
  } as const;
  await asWorker(job, (tx) => recordUsage(tx, job, { occurredAt: atTime(), items: [item] }));
  const { pool } = await database();
  const found = await pool.query("select id from ledger_entries where idempotency_key = $1", [
    idempotencyKey,
  ]);
  return found.rows[0].id;
}
