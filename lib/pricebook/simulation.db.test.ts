import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import type { PlatformScope } from "@/db/scope";
import { reverseEntry } from "@/lib/billing/commands/correct";
import { newId } from "@/lib/ids";
import { type Micros, multiplyMicros, parseMicros } from "@/lib/money";
import { setPartnerRate, setSystemRate } from "@/lib/rates/commands";
import { withTestDatabase } from "@/lib/testing/database";
import {
  makePartner,
  makePlatform,
  makeTenant,
  type TestPartner,
  type TestTenant,
} from "@/lib/testing/scopes";
import { createDraft, raiseDraft, saveDraft } from "./commands/drafts";
import { simulateDraft } from "./queries/simulation";
import { lastMonth, type PlantedUsage, plantUsage } from "./testing";
import { thingKey } from "./thing";

withTestDatabase();

const dollars = (text: string): Micros => parseMicros(text) ?? 0n;
const INPUT = { resourceType: "text_tokens_input", unit: "1M_tokens", modelKey: null };
const NODE = { resourceType: "workflow_node", unit: "node", modelKey: null };

let platform: PlatformScope;
let seller: TestPartner;
let stranger: TestPartner;
let one: TestTenant;
let two: TestTenant;
let theirs: TestTenant;
let direct: TestTenant;

async function base(resourceType: "text_tokens_input" | "workflow_node", rate: string): Promise<string> {
  const input = { resourceType, modelKey: null, rate: dollars(rate), effectiveFrom: null, description: null };
  return (await setSystemRate(platform, input)).id;
}

const used = (
  tenant: TestTenant,
  partnerId: string | null,
  over: Partial<PlantedUsage> = {},
): PlantedUsage => ({
  tenantId: tenant.tenantId,
  partnerId,
  resourceType: "text_tokens_input",
  quantityMicros: 1_000_000n,
  systemRate: dollars("2"),
  tenantRate: partnerId ? dollars("3") : dollars("2"),
  occurredAt: lastMonth(3),
  ...over,
});

beforeAll(async () => {
  platform = await makePlatform();
  seller = await makePartner();
  stranger = await makePartner();
  one = await makeTenant(seller.partnerId);
  two = await makeTenant(seller.partnerId);
  theirs = await makeTenant(stranger.partnerId);
  direct = await makeTenant();
  const inputId = await base("text_tokens_input", "2");
  await base("workflow_node", "0.002");
  for (const { scope } of [seller, stranger])
    await setPartnerRate(scope, { systemRateId: inputId, rate: dollars("3"), effectiveFrom: null });
});

/** A draft with some prices, by `thingKey`. */
async function drafted(
  scope: TestPartner["scope"] | PlatformScope,
  rates: Record<string, string>,
): Promise<string> {
  const { id } = await createDraft(scope, { name: "Spring", start: "empty" });
  const given = new Map(Object.entries(rates).map(([key, rate]) => [key, dollars(rate)]));
  await saveDraft(scope, { draftId: id, name: "Spring", rates: given });
  return id;
}

describe("the ledger at a draft's prices", () => {
  it("is nothing where nothing was used", async () => {
    const draftId = await drafted(seller.scope, { [thingKey(INPUT)]: "4" });
    const simulation = await simulateDraft(seller.scope, { draftId });
    expect(simulation).toMatchObject({
      customers: [],
      resources: [],
      totals: { billed: 0n, now: 0n, next: 0n },
    });
  });

  it("changes by nothing at today's prices, and by the ledger's own rounding at others", async () => {
    const quantities = fc.sample(fc.bigInt(1n, 9_000_000n), 40);
    await plantUsage([
      ...quantities.map((quantityMicros, n) =>
        used(n % 3 === 0 ? two : one, seller.partnerId, { quantityMicros }),
      ),
      ...quantities.map((quantityMicros) => used(theirs, stranger.partnerId, { quantityMicros })),
      ...quantities.map((quantityMicros) => used(direct, null, { quantityMicros })),
      used(one, seller.partnerId, { resourceType: "workflow_node", systemRate: 2_000n, tenantRate: 2_000n }),
    ]);
    const sum = (rate: Micros, only = (_: number) => true) =>
      quantities.reduce((all, quantity, n) => (only(n) ? all + multiplyMicros(quantity, rate) : all), 0n);

    const { id: same } = await createDraft(seller.scope, { name: "Same", start: "today" });
    const unchanged = await simulateDraft(seller.scope, { draftId: same });
    const billed = sum(dollars("3")) + 2_000n;
    const margin = sum(dollars("3")) - sum(dollars("2"));
    expect(unchanged.totals).toEqual({
      billed,
      now: billed,
      next: billed,
      nowMargin: margin,
      nextMargin: margin,
    });
    for (const line of unchanged.customers) expect(line.next - line.now).toBe(0n);

    const draftId = await drafted(seller.scope, { [thingKey(INPUT)]: "3.333333" });
    const simulation = await simulateDraft(seller.scope, { draftId });
    expect(simulation.totals).toEqual({
      ...unchanged.totals,
      next: sum(3_333_333n) + 2_000n,
      nextMargin: sum(3_333_333n) - sum(dollars("2")),
    });
    const line = simulation.customers.find(({ tenantId }) => tenantId === two.tenantId);
    expect(line?.next).toBe(sum(3_333_333n, (n) => n % 3 === 0));
    expect(simulation.customers.map(({ tenantId }) => tenantId).sort()).toEqual(
      [one.tenantId, two.tenantId].sort(),
    );
    expect(simulation.resources).toMatchObject([
      { thing: INPUT, isDrafted: true, nowRate: dollars("3"), nextRate: 3_333_333n },
      { thing: NODE, isDrafted: false, now: 2_000n, next: 2_000n },
    ]);
  });

  it("is of base prices for the platform: direct customers, partners' margins, and whose price it rises above", async () => {
    const draftId = await drafted(platform, { [thingKey(INPUT)]: "3.5" });
    const { direct: alone, partners, rises, totals, customers } = await simulateDraft(platform, { draftId });
    expect(alone.next * 2n).toBeGreaterThan(alone.now * 3n);
    expect(alone.nextMargin).toBe(0n);
    for (const partnerId of [seller.partnerId, stranger.partnerId]) {
      expect(partners.find((line) => line.partnerId === partnerId)).toMatchObject({ nextMargin: 0n });
      expect(rises).toContainEqual(
        expect.objectContaining({ partnerId, partnerMicros: dollars("3"), baseMicros: dollars("3.5") }),
      );
    }
    expect(totals.next).toBe(alone.next + partners.reduce((sum, line) => sum + line.next, 0n));
    expect(customers.find(({ tenantId }) => tenantId === theirs.tenantId)?.partnerName).toBe(
      `Partner ${stranger.partnerId}`,
    );
  });

  it("counts corrections as the ledger does", async () => {
    const tenant = await makeTenant(stranger.partnerId);
    const [entryId = ""] = await plantUsage([used(tenant, stranger.partnerId)]);
    await reverseEntry(platform, { entryId, reason: "counted twice" });
    const draftId = await drafted(stranger.scope, { [thingKey(INPUT)]: "5" });
    const { customers } = await simulateDraft(stranger.scope, { draftId });
    expect(customers.find(({ tenantId }) => tenantId === tenant.tenantId)).toMatchObject({
      billed: 0n,
      now: 0n,
      next: 0n,
    });
  });

  it("leaves out customers who have left, and says so", async () => {
    const tenant = await makeTenant(stranger.partnerId);
    await plantUsage([used(tenant, stranger.partnerId)]);
    const { pool } = await database();
    await pool.query("update tenants set partner_id = null where id = $1", [tenant.tenantId]);
    const draftId = await drafted(stranger.scope, { [thingKey(INPUT)]: "5" });
    const simulation = await simulateDraft(stranger.scope, { draftId });
    expect(simulation.left).toEqual({ customers: 1, billed: dollars("3") });
    expect(simulation.customers.map(({ tenantId }) => tenantId)).not.toContain(tenant.tenantId);
  });

  it("takes a month that is over, and this partner's drafts alone", async () => {
    const draftId = await drafted(seller.scope, { [thingKey(INPUT)]: "5" });
    const month = new Date().toISOString().slice(0, 7);
    for (const window of [month, "2026-13", "ever"])
      await expect(simulateDraft(seller.scope, { draftId, window })).rejects.toMatchObject({
        fields: { window: [expect.any(String)] },
      });
    for (const scope of [stranger.scope, platform])
      await expect(simulateDraft(scope, { draftId })).rejects.toMatchObject({ code: "not_found" });
    const recent = await simulateDraft(seller.scope, { draftId, window: "last-30-days" });
    expect(recent.window.isMonth).toBe(false);
  });
});

describe("who would be stopped", () => {
  it("are those whose caps or credit would not have been enough", async () => {
    const tenant = await makeTenant(seller.partnerId);
    const agentId = newId();
    const run = newId();
    await plantUsage([
      used(tenant, seller.partnerId, { agentId, rootExecutionId: run }),
      used(tenant, seller.partnerId, { occurredAt: lastMonth(4), rootExecutionId: run }),
    ]);
    const { pool } = await database();
    await pool.query(
      "insert into agents (id, tenant_id, name, role, llm_config) values ($1, $2, 'a', 'b', '{}')",
      [agentId, tenant.tenantId],
    );
    // Spent today: 3 by the agent on one day, 6 in the month and by the run.
    const caps = [
      ["tenant", null, "day", 3.5],
      ["tenant", null, "month", 8],
      ["agent", agentId, "month", 3],
      ["run", null, "run", 5],
    ];
    for (const [scope, agent, period, amount] of caps)
      await pool.query(
        "insert into spend_caps (id, tenant_id, scope, agent_id, period, amount) values ($1, $2, $3, $4, $5, $6)",
        [newId(), tenant.tenantId, scope, agent, period, amount],
      );
    await pool.query("update wallets set credit_limit = 1.5 where tenant_id = $1", [tenant.tenantId]);
    const { id: draftId } = await createDraft(seller.scope, { name: "Dear", start: "today" });
    await raiseDraft(seller.scope, { draftId, kind: "all", percent: 30_000n });
    const { customers } = await simulateDraft(seller.scope, { draftId });
    const line = customers.find(({ tenantId }) => tenantId === tenant.tenantId);
    // Now 3.90 a day and 7.80 a month.
    const reached = line?.caps.map(({ scope, period, over, overToday, worstNext }) => [
      `${scope} ${period}`,
      over,
      overToday,
      worstNext,
    ]);
    expect(reached?.sort()).toEqual([
      ["agent month", 1, 0, dollars("3.9")],
      ["run run", 1, 1, dollars("7.8")],
      ["tenant day", 2, 0, dollars("3.9")],
    ]);
    expect(line?.credit).toMatchObject({ available: dollars("1.5"), missing: dollars("0.3") });
  });
});
