import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asPartner, asPlatform, asWorker } from "@/db/access";
import { ledgerEntries, partnerRates, systemRates } from "@/db/schema/billing";
import { modelCalls } from "@/db/schema/model-calls";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant } from "@/lib/testing/scopes";
import { abandonStepCalls, beginModelCall, settleModelCall } from "./model-calls";
import { assertPriced } from "./rates";
import { recordUsage } from "./record";
import { countQuantity, tokenQuantity } from "./resources";

withTestDatabase();

const SINCE = new Date(Date.UTC(2026, 0, 1));

async function setBasePrices(): Promise<string> {
  const platform = await makePlatform();
  const nodeRate = newId();
  await asPlatform(platform, (tx) =>
    tx.insert(systemRates).values([
      { resourceType: "text_tokens_input", unit: "1M_tokens", rate: "2.500000", effectiveFrom: SINCE },
      {
        resourceType: "text_tokens_input",
        unit: "1M_tokens",
        modelKey: "big",
        rate: "5",
        effectiveFrom: SINCE,
      },
      { id: nodeRate, resourceType: "workflow_node", unit: "node", rate: "0.000100", effectiveFrom: SINCE },
    ]),
  );
  return nodeRate;
}

describe("metering", () => {
  it("rates, copies the prices, and bills a key once even in parallel", async () => {
    const nodeRateId = await setBasePrices();
    const partner = await makePartner();
    await asPartner(partner.scope, (tx) =>
      tx.insert(partnerRates).values({
        partnerId: partner.partnerId,
        systemRateId: nodeRateId,
        rate: "0.000250",
        resourceType: "workflow_node",
        unit: "node",
        effectiveFrom: SINCE,
      }),
    );
    const tenant = await makeTenant(partner.partnerId);
    const record = () =>
      asWorker(tenant.job, (tx) =>
        recordUsage(tx, tenant.job, {
          occurredAt: new Date(),
          items: [
            {
              resourceType: "workflow_node",
              modelKey: null,
              quantityMicros: countQuantity(1),
              idempotencyKey: "k:node",
            },
            {
              resourceType: "text_tokens_input",
              modelKey: "big",
              quantityMicros: tokenQuantity(1_234),
              idempotencyKey: "k:in",
            },
            {
              resourceType: "text_tokens_output",
              modelKey: "big",
              quantityMicros: 0n,
              idempotencyKey: "k:out",
            },
          ],
        }),
      );
    const results = await Promise.all([record(), record(), record()]);
    expect(results.map((result) => result.inserted).toSorted()).toEqual([0, 0, 2]);
    const rows = await asWorker(tenant.job, (tx) => tx.select().from(ledgerEntries));
    const node = rows.find((row) => row.resourceType === "workflow_node");
    expect(node).toMatchObject({
      partnerId: partner.partnerId,
      quantity: "1.000000",
      platformCost: "0.000100",
      tenantCost: "0.000250",
      partnerCommission: "0.000150",
      systemRate: "0.000100",
      tenantRate: "0.000250",
      systemRateId: nodeRateId,
    });
    expect(rows.find((row) => row.resourceType === "text_tokens_input")).toMatchObject({
      quantity: "0.001234",
      systemRate: "5.000000",
      tenantCost: "0.006170",
      partnerCommission: "0.000000",
    });
    expect(rows).toHaveLength(2);
  });

  it("refuses work without a price and names what lacks it", async () => {
    const tenant = await makeTenant();
    const refused = asWorker(tenant.job, (tx) =>
      assertPriced(tx, tenant.job, [{ resourceType: "embedding_tokens", modelKey: "e-1" }], new Date()),
    );
    await expect(refused).rejects.toMatchObject({ code: "precondition", reason: "rate_missing" });
    await expect(refused).rejects.toThrow(/no price for embedding tokens of the model e-1/);
    await expect(refused).rejects.toBeInstanceOf(AppError);
  });

  it("keeps a call that was given up apart from calls that are billed", async () => {
    const tenant = await makeTenant();
    const stepId = newId();
    const start = { modelKey: "m", provider: "internal", purpose: "llm", stepId } as const;
    const first = await beginModelCall(tenant.job, { ...start, callKey: "a1" });
    expect(await beginModelCall(tenant.job, { ...start, callKey: "a1" })).toBe(first);
    await asWorker(tenant.job, (tx) => abandonStepCalls(tx, tenant.job, stepId));
    const end = { callId: first, status: "settled", inputTokens: 7, outputTokens: 3, latencyMs: 5 } as const;
    await asWorker(tenant.job, (tx) => settleModelCall(tx, tenant.job, end));
    const [row] = await asWorker(tenant.job, (tx) =>
      tx
        .select({ status: modelCalls.status, inputTokens: modelCalls.inputTokens })
        .from(modelCalls)
        .where(eq(modelCalls.id, first)),
    );
    expect(row).toEqual({ status: "uncertain", inputTokens: 7 });
  });
});
