import { asWorker } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import { currentTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { microsFromNumeric, microsToNumeric } from "@/lib/money";
import { charge } from "@/lib/wallet/money-gatherer";

type Used = { cost: string; partnerId?: string; commission?: string };

/** Usage in dollars, of which the partner's price is so much above the base. It is paid for as usage of a run is. */
export async function plantUsage(scope: TenantScope, used: Used): Promise<void> {
  const { tenantId } = scope;
  const { cost, commission = "0.000000", partnerId = null } = used;
  const base = microsToNumeric(microsFromNumeric(cost) - microsFromNumeric(commission));
  await asWorker(scope, async (tx) => {
    const id = newId();
    await tx.insert(ledgerEntries).values({
      id,
      tenantId,
      partnerId,
      resourceType: "workflow_node",
      unit: "node",
      quantity: "1",
      systemRate: base,
      tenantRate: cost,
      platformCost: base,
      tenantCost: cost,
      partnerCommission: commission,
      entryType: "usage",
      idempotencyKey: id,
      occurredAt: currentTime(),
    });
    charge(tx, scope, { entryIds: [id], holdKey: null, isGuarded: false });
  });
}
