import { beforeAll, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import type { PlatformScope } from "@/db/scope";
import { parseInput } from "@/lib/parse";
import { setPartnerRate, setSystemRate } from "@/lib/rates/commands";
import { priceInput } from "@/lib/rates/input";
import { getPriceBook } from "@/lib/rates/queries";
import { withdrawPartnerRate } from "@/lib/rates/withdraw";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, type TestPartner } from "@/lib/testing/scopes";
import { createDraft, deleteDraft, saveDraft } from "./commands/drafts";
import { scheduleDraft } from "./commands/schedule";
import { getDraft } from "./queries/drafts";
import { thingKey } from "./thing";

withTestDatabase();

const DAY_MS = 86_400_000;
const price = (text: string) => parseInput(priceInput, text);
const INPUT = thingKey({ resourceType: "text_tokens_input", unit: "1M_tokens", modelKey: null });
const NODE = thingKey({ resourceType: "workflow_node", unit: "node", modelKey: null });
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

let platform: PlatformScope;
let seller: TestPartner;
let stranger: TestPartner;

const base = (
  resourceType: "text_tokens_input" | "workflow_node",
  rate: string,
  effectiveFrom: Date | null = null,
) =>
  setSystemRate(platform, {
    resourceType,
    modelKey: null,
    rate: price(rate),
    effectiveFrom,
    description: null,
  });

beforeAll(async () => {
  platform = await makePlatform();
  seller = await makePartner();
  stranger = await makePartner();
  await base("text_tokens_input", "2");
  await base("workflow_node", "0.002");
});

async function drafted(
  scope: TestPartner["scope"] | PlatformScope,
  rates: Record<string, string>,
): Promise<string> {
  const { id } = await createDraft(scope, { name: "Spring", start: "today" });
  const given = new Map(Object.entries(rates).map(([key, rate]) => [key, price(rate)]));
  await saveDraft(scope, { draftId: id, name: "Spring", rates: given });
  return id;
}

async function count(
  table: "partner_rates" | "system_rates" | "audit_log" | "emails",
  where = "true",
): Promise<number> {
  const { rows } = await (await database()).pool.query(
    `select count(*)::int as n from ${table} where ${where}`,
  );
  return rows[0].n;
}

describe("scheduling a draft", () => {
  it("makes what changes, once, however often and by how many it is asked", async () => {
    const draftId = await drafted(seller.scope, { [INPUT]: "3" });
    const effectiveFrom = inDays(2);
    const all = await Promise.all(
      Array.from({ length: 4 }, () => scheduleDraft(seller.scope, { draftId, effectiveFrom })),
    );
    expect(all).toEqual(Array(4).fill({ id: draftId, made: 1, effectiveFrom }));
    expect(await count("partner_rates", `partner_id = '${seller.partnerId}'`)).toBe(1);
    const rows = await getPriceBook(seller.scope);
    expect(
      rows.map(({ base: { resourceType }, scheduled }) => [resourceType, scheduled.map(({ rate }) => rate)]),
    ).toEqual([
      ["text_tokens_input", ["3.000000"]],
      ["workflow_node", []],
    ]);
    const view = await getDraft(seller.scope, draftId);
    expect(view).toMatchObject({ status: "scheduled", effectiveFrom });
    expect(view.rows.map((row) => [row.key, row.madeRateId !== null])).toEqual([
      [INPUT, true],
      [NODE, false],
    ]);
    expect(await count("audit_log", `action = 'price_book.set' and partner_id = '${seller.partnerId}'`)).toBe(
      1,
    );
    expect(await count("audit_log", `action = 'price_draft.schedule' and target_id = '${draftId}'`)).toBe(1);
    for (const change of [
      () => saveDraft(seller.scope, { draftId, name: "Other", rates: new Map() }),
      () => deleteDraft(seller.scope, { draftId }),
    ])
      await expect(change()).rejects.toMatchObject({ code: "conflict", reason: "scheduled" });
    expect(view).toMatchObject({ withdrawn: new Set(), isWithdrawn: false });
    const rateId = view.rows[0]?.madeRateId ?? "";
    await withdrawPartnerRate(seller.scope, { rateId });
    expect(await getDraft(seller.scope, draftId)).toMatchObject({
      withdrawn: new Set([rateId]),
      isWithdrawn: true,
    });
  });

  it("makes all of it or nothing, and says at each price why", async () => {
    const draftId = await drafted(seller.scope, { [INPUT]: "2.5", [NODE]: "0.0021" });
    const at = inDays(5);
    await base("workflow_node", "0.0022", inDays(4));
    const id = (await getPriceBook(seller.scope)).find((row) => row.base.resourceType === "text_tokens_input")
      ?.base.id;
    await setPartnerRate(seller.scope, { systemRateId: id ?? "", rate: price("4"), effectiveFrom: at });
    const before = await count("partner_rates");
    await expect(scheduleDraft(seller.scope, { draftId, effectiveFrom: at })).rejects.toMatchObject({
      reason: "price_conflicts",
      fields: {
        [`rates.${INPUT}`]: [expect.stringMatching(/begins at exactly this moment/)],
        [`rates.${NODE}`]: [expect.stringMatching(/below the base price of \$0\.0022/)],
      },
    });
    // One that could begin then is not made either.
    await expect(scheduleDraft(seller.scope, { draftId, effectiveFrom: inDays(6) })).rejects.toMatchObject({
      fields: { [`rates.${NODE}`]: [expect.any(String)] },
    });
    expect(await count("partner_rates")).toBe(before);
    expect((await getDraft(seller.scope, draftId)).status).toBe("draft");
    await expect(scheduleDraft(seller.scope, { draftId, effectiveFrom: inDays(-1) })).rejects.toMatchObject({
      fields: { effectiveFrom: [expect.stringMatching(/past/)] },
    });
    expect(await scheduleDraft(seller.scope, { draftId, effectiveFrom: inDays(1) })).toMatchObject({
      made: 2,
    });
  });

  it("is refused where nothing would change, and to strangers", async () => {
    const { id: draftId } = await createDraft(stranger.scope, { name: "Same", start: "today" });
    await expect(scheduleDraft(stranger.scope, { draftId, effectiveFrom: null })).rejects.toMatchObject({
      reason: "nothing_to_change",
    });
    for (const scope of [seller.scope, platform])
      await expect(scheduleDraft(scope, { draftId, effectiveFrom: null })).rejects.toMatchObject({
        code: "not_found",
      });
  });

  it("of base prices waits for the month that partners are given, and tells each of them once", async () => {
    const id = (await getPriceBook(stranger.scope))[0]?.base.id ?? "";
    await setPartnerRate(stranger.scope, { systemRateId: id, rate: price("2.2"), effectiveFrom: null });
    const draftId = await drafted(platform, { [INPUT]: "2.6", [NODE]: "0.0019" });
    await expect(scheduleDraft(platform, { draftId, effectiveFrom: inDays(29) })).rejects.toMatchObject({
      fields: { [`rates.${INPUT}`]: [expect.stringMatching(/announced 30 days ahead/)] },
    });
    expect(await count("emails", "subject like '%rise%'")).toBe(0);
    const now = new Date();
    expect(await scheduleDraft(platform, { draftId, effectiveFrom: null }, now)).toEqual({
      id: draftId,
      made: 2,
      effectiveFrom: new Date(now.getTime() + 30 * DAY_MS),
    });
    const { rows } = await (await database()).pool.query(
      "select recipient from emails where subject like '%rises above yours%'",
    );
    expect(rows).toHaveLength(1);
  });
});
