import { beforeAll, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { database } from "@/db/pool";
import type { PlatformScope } from "@/db/scope";
import type { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { recordUsage } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { parseInput } from "@/lib/parse";
import { addSmallModel } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import {
  makePartner,
  makePlatform,
  makeTenant,
  type TestPartner,
  type TestTenant,
} from "@/lib/testing/scopes";
import { setPartnerRate, setSystemRate } from "./commands";
import { priceInput, setPartnerRateInput } from "./input";
import { getPriceBook, listSystemRates } from "./queries";
import { withdrawPartnerRate, withdrawSystemRate } from "./withdraw";

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
      rate: price("0.0014"),
      effectiveFrom: tomorrow,
      description: null,
    });
    const rates = await listSystemRates(platform, { history: true });
    expect(rates.map((rate) => [rate.rate, rate.effectiveTo?.getTime() ?? null])).toEqual([
      ["0.001400", null],
      ["0.001000", tomorrow.getTime()],
    ]);
    const [row] = await getPriceBook(partner.scope);
    expect(row?.nextBase?.rate).toBe("0.001400");
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

/** The base price of a resource that nothing else here prices. */
const set = (rate: string, effectiveFrom: Date | null) =>
  setSystemRate(platform, {
    resourceType: "embedding_tokens",
    modelKey: null,
    rate: price(rate),
    effectiveFrom,
    description: null,
  });

const query = async (text: string, values: unknown[]) =>
  (await (await database()).pool.query(text, values)).rows;

const rangesOf = (partnerId: string) =>
  query(
    `select id, rate, effective_from as "from", effective_to as "to" from partner_rates
     where partner_id = $1 and is_active order by effective_from`,
    [partnerId],
  );

const mails = async ({ partnerId }: TestPartner): Promise<string[]> => {
  const rows = await query(
    `select subject from emails where recipient in (select u.email from users u
       join partner_members m on m.user_id = u.id where m.partner_id = $1)`,
    [partnerId],
  );
  return rows.map(({ subject }) => subject);
};

describe("a base price that rises above a partner's", () => {
  const DAY_MS = 86_400_000;
  it("begins no sooner than in 30 days, and the partner is told of it", async () => {
    const seller = await makePartner();
    const { id: systemRateId } = await set("0.01", null);
    await setPartnerRate(seller.scope, { systemRateId, rate: price("0.02"), effectiveFrom: null });
    // Up to the partner's own price it may rise at any time.
    await set("0.02", null);
    for (const from of [null, new Date(Date.now() + 29 * DAY_MS)])
      await expect(set("0.020001", from)).rejects.toMatchObject({
        fields: {
          effectiveFrom: [
            expect.stringContaining(
              "A partner sells this for $0.02: a price above that is announced 30 days ahead",
            ),
          ],
        },
      });
    expect(await mails(seller)).toEqual([]);
    await set("0.03", new Date(Date.now() + 30 * DAY_MS));
    expect(await mails(seller)).toEqual([
      expect.stringMatching(/^The base price of .* rises above yours on /),
    ]);
    // The day that is told is one on which it may begin, from its first minute on.
    const refused = await set("0.04", null).catch((error: AppError) => String(error.fields?.effectiveFrom));
    const [, day] = /so it begins on (.+) or later\.$/.exec(String(refused)) ?? [];
    await set("0.04", new Date(`${day} UTC`));
    // And falling is nobody's loss.
    await set("0.005", new Date(Date.now() + 3_600_000));
  });
});

describe("a base price that was to fall and is withdrawn", () => {
  const DAY_MS = 86_400_000;
  it("is a rise for a partner that sells at the lower one by then: told a month ahead, and else refused", async () => {
    const seller = await makePartner();
    const modelKey = "falling";
    await addSmallModel({ input: "0.05", output: "1" }, modelKey);
    const set = (rate: string, effectiveFrom: Date | null) =>
      setSystemRate(platform, {
        resourceType: "text_tokens_input",
        modelKey,
        rate: price(rate),
        effectiveFrom,
        description: null,
      });
    const before = (await listSystemRates(platform)).find(
      (rate) => rate.modelKey === modelKey && rate.rate === "0.050000",
    );
    const at = (days: number) => new Date(Date.now() + days * DAY_MS);
    const sell = (rate: string, days: number) =>
      setPartnerRate(seller.scope, {
        systemRateId: before?.id ?? "",
        rate: price(rate),
        effectiveFrom: at(days),
      });
    const { id: soon } = await set("0.01", at(2));
    await sell("0.02", 2);
    await expect(withdrawSystemRate(platform, { rateId: soon })).rejects.toMatchObject({
      reason: "notice",
      message: expect.stringContaining("A partner sells this for $0.02"),
    });
    expect((await listSystemRates(platform)).map(({ id }) => id)).toContain(soon);
    const { id: later } = await set("0.004", at(40));
    await sell("0.006", 40);
    expect(await mails(seller)).toEqual([]);
    await withdrawSystemRate(platform, { rateId: later });
    expect(await mails(seller)).toEqual([
      expect.stringMatching(/^The base price of .* rises above yours on /),
    ]);
  });
});

describe("a scheduled price", () => {
  it("can be taken back until it is in force: the one before it holds on", async () => {
    const seller = await makePartner();
    const stranger = await makePartner();
    const { id: systemRateId } = await set("0.01", new Date(Date.now() + 2 * 3_600_000));
    const hour = (n: number) => new Date(Date.now() + n * 3_600_000);
    const own = (rate: string, from: Date | null) =>
      setPartnerRate(seller.scope, { systemRateId, rate: price(rate), effectiveFrom: from });
    await own("0.05", null);
    const { id: first } = await own("0.06", hour(5));
    await own("0.07", hour(9));
    await expect(withdrawPartnerRate(stranger.scope, { rateId: first })).rejects.toMatchObject({
      code: "not_found",
    });
    await withdrawPartnerRate(seller.scope, { rateId: first });
    await expect(withdrawPartnerRate(seller.scope, { rateId: first })).rejects.toMatchObject({
      code: "not_found",
    });
    const rows = await rangesOf(seller.partnerId);
    expect(rows).toMatchObject([{ rate: "0.050000" }, { rate: "0.070000", to: null }]);
    expect(rows[0]?.to).toEqual(rows[1]?.from);
    await expect(withdrawPartnerRate(seller.scope, { rateId: String(rows[0]?.id) })).rejects.toMatchObject({
      reason: "in_force",
    });
    await withdrawSystemRate(platform, { rateId: systemRateId });
    const bases = await listSystemRates(platform);
    expect(bases.map(({ id }) => id)).not.toContain(systemRateId);
    await expect(withdrawSystemRate(platform, { rateId: baseId })).rejects.toMatchObject({
      reason: "in_force",
    });
  });

  it("is in dollars", () => {
    const given = { systemRateId: baseId, rate: "1", effectiveFrom: "" };
    expect(setPartnerRateInput.safeParse({ ...given, currency: "USD" }).success).toBe(true);
    expect(() => parseInput(setPartnerRateInput, { ...given, currency: "EUR" })).toThrow(
      expect.objectContaining({ fields: { currency: ["Only USD is sold here."] } }),
    );
  });
});
