import { asSystem } from "@/db/access";
import { newId } from "@/lib/ids";
import type { TestTenant } from "@/lib/testing/scopes";
import { issueInvoice } from "./commands/issue";
import { billFees } from "./fees";

/** An invoice of a fee of 100 dollars that is made at an instant, and not mailed. */
export async function makeFeeInvoice({ tenantId }: TestTenant, at: Date): Promise<string> {
  const id = newId();
  const period = { start: new Date("2026-01-01T00:00:00Z"), end: new Date("2026-02-01T00:00:00Z") };
  const fee = {
    kind: "plan",
    description: "Team plan",
    resourceType: "plan",
    unit: "month",
    modelKey: null,
    rateMicros: 100_000_000n,
    quantityMicros: 1_000_000n,
    amountMicros: 100_000_000n,
    serviceStart: period.start,
    serviceEnd: period.end,
  } as const;
  const order = { id, tenantId, kind: "subscription", period, fees: [fee], subscriptionId: newId() } as const;
  await asSystem("test", (tx) => billFees(tx, { actor: { kind: "job", name: "test" } }, order, at));
  return id;
}

/** The same as it is mailed. */
export async function billFee(tenant: TestTenant): Promise<string> {
  const id = await makeFeeInvoice(tenant, new Date("2030-02-03T10:00:00Z"));
  await issueInvoice(id);
  return id;
}
