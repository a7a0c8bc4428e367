import { beforeAll, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { parseInput } from "@/lib/parse";
import { withTestDatabase } from "@/lib/testing/database";
import {
  makePartner,
  makePlatform,
  makeTenant,
  type TestPartner,
  type TestTenant,
} from "@/lib/testing/scopes";
import { setPartnerRate, setSystemRate } from "./commands";
import { priceInput } from "./input";
import { getPriceBook, listSystemRates } from "./queries";

withTestDatabase();

let platform: PlatformScope;
let partner: TestPartner;
let customer: TestTenant;
let baseId: string;

const price = (text: string) => parseInput(priceInput, text);

beforeAll(async () => {
  platform = await makePlatform();
  partner = await makePartner();
  customer = await makeTenant(partner.partnerId);
  const rate = {
    resourceType: "workflow_node" as const,
    modelKey: null,
    rate: price("0.001"),
    effectiveFrom: null,
    description: null,
  };
  baseId = (await setSystemRate(platform, rate)).id;
});

async function costOfOneNode(): Promise<bigint> {
  const recorded = await asWorker(customer.job, (tx) =>
    recordUsage(tx, customer.job, {
      occurredAt: new Date(),
      items: [
        {
          resourceType: "workflow_node",
          modelKey: null,
          quantityMicros: countQuantity(1),
          idempotencyKey: newId(),
        },
      ],
    }),
  );
  return recorded.tenantCostMicros;
}

describe("prices", () => {
  it("refuse what six decimals cannot hold", () => {
    expect(() => price("0.0000001")).toThrow(expect.objectContaining({ code: "invalid" }));
    expect(() => price("-1")).toThrow();
    expect(() => price("1e3")).toThrow();
    expect(price("0.000001")).toBe(1n);
  });

  it("of a partner stay at or above the base price, and are what its customers pay", async () => {
    await expect(
      setPartnerRate(partner.scope, { systemRateId: baseId, rate: price("0.0009"), effectiveFrom: null }),
    ).rejects.toMatchObject({ fields: { rate: [expect.stringContaining("$0.001")] } });
    expect(await costOfOneNode()).toBe(1_000n);
    await setPartnerRate(partner.scope, { systemRateId: baseId, rate: price("0.0015"), effectiveFrom: null });
    expect(await costOfOneNode()).toBe(1_500n);
  });

  it("of another partner are not seen", async () => {
    const stranger = await makePartner();
    const [row] = await getPriceBook(stranger.scope);
    expect(row).toMatchObject({ own: null, customerRate: "0.001000" });
  });

  it("can be scheduled and are never rewritten", async () => {
    const tomorrow = new Date(Date.now() + 86_400_000);
    await setSystemRate(platform, {
      resourceType: "workflow_node",
      modelKey: null,
      rate: price("0.002"),
      effectiveFrom: tomorrow,
      description: null,
    });
    const rates = await listSystemRates(platform, { history: true });
    expect(rates.map((rate) => [rate.rate, rate.effectiveTo?.getTime() ?? null])).toEqual([
      ["0.002000", null],
      ["0.001000", tomorrow.getTime()],
    ]);
    const [row] = await getPriceBook(partner.scope);
    expect(row?.nextBase?.rate).toBe("0.002000");
    const yesterday = new Date(Date.now() - 86_400_000);
    await expect(
      setSystemRate(platform, {
        resourceType: "workflow_node",
        modelKey: null,
        rate: 1n,
        effectiveFrom: yesterday,
        description: null,
      }),
    ).rejects.toMatchObject({ fields: { effectiveFrom: [expect.any(String)] } });
  });

  it("set by many at once never overlap", async () => {
    const tries = Array.from({ length: 6 }, (_, index) =>
      setPartnerRate(partner.scope, {
        systemRateId: baseId,
        rate: price("0.0016"),
        effectiveFrom: new Date(Date.now() + 3_600_000 * (index + 1)),
      }),
    );
    await Promise.all(tries);
    const [row] = await getPriceBook(partner.scope);
    expect(row?.scheduled).toHaveLength(6);
  });
});
