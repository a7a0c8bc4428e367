import { beforeAll, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { parseInput } from "@/lib/parse";
import { allowPartnerPrice, revokeAllowance } from "@/lib/rates/allow";
import { setPartnerRate, setSystemRate } from "@/lib/rates/commands";
import { priceInput } from "@/lib/rates/input";
import { getPriceBook } from "@/lib/rates/queries";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, type TestPartner } from "@/lib/testing/scopes";
import { addDraftRate, createDraft, deleteDraft, raiseDraft, saveDraft } from "./commands/drafts";
import { scheduleDraft } from "./commands/schedule";
import { raiseDraftInput, saveDraftInput, scheduleDraftInput } from "./input";
import { getDraft, listDrafts } from "./queries/drafts";
import { thingKey } from "./thing";

withTestDatabase();

const price = (text: string) => parseInput(priceInput, text);
const INPUT = { resourceType: "text_tokens_input", unit: "1M_tokens", modelKey: null };
const NODE = { resourceType: "workflow_node", unit: "node", modelKey: null };
const [INPUT_KEY, NODE_KEY] = [thingKey(INPUT), thingKey(NODE)];

let platform: PlatformScope;
let seller: TestPartner;
let stranger: TestPartner;
let systemRateId: string;

beforeAll(async () => {
  platform = await makePlatform();
  seller = await makePartner();
  stranger = await makePartner();
  const base = (resourceType: "text_tokens_input" | "workflow_node", rate: string) =>
    setSystemRate(platform, {
      resourceType,
      modelKey: null,
      rate: price(rate),
      effectiveFrom: null,
      description: null,
    });
  const { id } = await base("text_tokens_input", "2");
  await base("workflow_node", "0.002");
  systemRateId = id;
  await setPartnerRate(seller.scope, { systemRateId, rate: price("3"), effectiveFrom: null });
});

const save = (
  draftId: string,
  rates: Record<string, string>,
  scope: TestPartner["scope"] | PlatformScope = seller.scope,
) => saveDraft(scope, parseInput(saveDraftInput, { draftId, name: "Spring", rates }));

async function pricesOf(draftId: string): Promise<Record<string, bigint | null>> {
  const { rows } = await getDraft(seller.scope, draftId);
  return Object.fromEntries(rows.map((row) => [row.key, row.draftMicros]));
}

describe("a draft of prices", () => {
  it("begins with today's prices or with none, and keeps what is typed", async () => {
    const { id: copied } = await createDraft(seller.scope, { name: "Copied", start: "today" });
    expect(await pricesOf(copied)).toEqual({ [INPUT_KEY]: price("3"), [NODE_KEY]: price("0.002") });
    const { id } = await createDraft(seller.scope, { name: "Empty", start: "empty" });
    expect(await pricesOf(id)).toEqual({ [INPUT_KEY]: null, [NODE_KEY]: null });
    await save(id, { [INPUT_KEY]: "4.5" });
    await save(id, { [NODE_KEY]: "0.003" });
    expect(await pricesOf(id)).toEqual({ [INPUT_KEY]: price("4.5"), [NODE_KEY]: price("0.003") });
    await save(id, { [INPUT_KEY]: "" });
    expect(await pricesOf(id)).toEqual({ [INPUT_KEY]: null, [NODE_KEY]: price("0.003") });
    const view = await getDraft(seller.scope, id);
    expect(view).toMatchObject({ name: "Spring", changes: [NODE_KEY], earliest: null });
    expect((await listDrafts(seller.scope, {})).items.map((draft) => [draft.name, draft.prices])).toEqual([
      ["Spring", 1],
      ["Copied", 2],
    ]);
  });

  it("that was changed after a page showed it is neither saved over nor raised nor scheduled from that page", async () => {
    const { id: draftId } = await createDraft(seller.scope, { name: "Two tabs", start: "today" });
    const { updatedAt } = await getDraft(seller.scope, draftId);
    const tab = { draftId, updatedAt: updatedAt.toISOString() };
    const typed = (rate: string) =>
      saveDraft(
        seller.scope,
        parseInput(saveDraftInput, { ...tab, name: "Two tabs", rates: { [INPUT_KEY]: rate } }),
      );
    await typed("5");
    const stale = { code: "conflict", reason: "stale_draft" };
    await expect(typed("6")).rejects.toMatchObject(stale);
    const raised = parseInput(raiseDraftInput, { ...tab, kind: "all", percent: "10" });
    await expect(raiseDraft(seller.scope, raised)).rejects.toMatchObject(stale);
    const scheduled = parseInput(scheduleDraftInput, { ...tab, effectiveFrom: "" });
    await expect(scheduleDraft(seller.scope, scheduled)).rejects.toMatchObject(stale);
    const view = await getDraft(seller.scope, draftId);
    expect(view.status).toBe("draft");
    expect(await pricesOf(draftId)).toEqual({ [INPUT_KEY]: price("5"), [NODE_KEY]: price("0.002") });
    await raiseDraft(seller.scope, { ...raised, updatedAt: view.updatedAt });
    expect(await pricesOf(draftId)).toEqual({ [INPUT_KEY]: price("5.5"), [NODE_KEY]: price("0.0022") });
  });

  it("refuses by field what cannot be a price, and then saves none of it", async () => {
    const { id } = await createDraft(seller.scope, { name: "Wrong", start: "empty" });
    const refused = async (rates: Record<string, string>, key: string, reason: RegExp) => {
      const work = (async () => save(id, rates))();
      await expect(work).rejects.toMatchObject({
        code: "invalid",
        fields: { [`rates.${key}`]: [expect.stringMatching(reason)] },
      });
    };
    await refused(
      { [INPUT_KEY]: "1.999999", [NODE_KEY]: "0.003" },
      INPUT_KEY,
      /below the base price of \$2\.00/,
    );
    await refused({ [INPUT_KEY]: "40.000001", [NODE_KEY]: "0.003" }, INPUT_KEY, /more than 20 times/);
    await refused({ [INPUT_KEY]: "2.0000001", [NODE_KEY]: "0.003" }, INPUT_KEY, /at most six decimals/i);
    await refused({ [INPUT_KEY]: "-3", [NODE_KEY]: "0.003" }, INPUT_KEY, /negative/);
    await refused({ [INPUT_KEY]: "three" }, INPUT_KEY, /in dollars/);
    for (const key of [thingKey({ ...INPUT, modelKey: "unknown" }), "nothing"])
      await refused({ [key]: "3", [NODE_KEY]: "0.003" }, key, /no base price/);
    expect(await pricesOf(id)).toEqual({ [INPUT_KEY]: null, [NODE_KEY]: null });
  });

  it("is raised by kind, from what is drafted or asked today, unless something would fall below its base price", async () => {
    const { id } = await createDraft(seller.scope, { name: "Raised", start: "empty" });
    const raise = (kind: string, percent: string) =>
      raiseDraft(seller.scope, parseInput(raiseDraftInput, { draftId: id, kind, percent }));
    await raise("text_tokens_input", "4.5");
    expect(await pricesOf(id)).toEqual({ [INPUT_KEY]: price("3.135"), [NODE_KEY]: null });
    await raise("all", "10");
    expect(await pricesOf(id)).toEqual({ [INPUT_KEY]: price("3.4485"), [NODE_KEY]: price("0.0022") });
    await expect(raise("all", "-9.5")).rejects.toMatchObject({
      fields: { percent: [expect.stringMatching(/^Workflow nodes: .*base price of \$0\.002/)] },
    });
    expect(await pricesOf(id)).toEqual({ [INPUT_KEY]: price("3.4485"), [NODE_KEY]: price("0.0022") });
    await expect(raise("embedding_tokens", "1")).rejects.toMatchObject({
      fields: { kind: [expect.any(String)] },
    });
    expect(() => parseInput(raiseDraftInput, { draftId: id, kind: "all", percent: "-100" })).toThrow();
    expect(() => parseInput(raiseDraftInput, { draftId: id, kind: "all", percent: "1.2345" })).toThrow();
  });

  it("goes beyond twenty times a base price where the platform allows it, saved, raised and scheduled", async () => {
    const allowed = await makePartner();
    const of = { partnerId: allowed.partnerId, systemRateId, reason: "It sells a service with it." };
    const { id: allowanceId } = await allowPartnerPrice(platform, { ...of, maxRate: price("50") });
    const { id } = await createDraft(allowed.scope, { name: "Service", start: "empty" });
    await save(id, { [INPUT_KEY]: "48" }, allowed.scope);
    const raise = (thousandths: bigint) =>
      raiseDraft(allowed.scope, { draftId: id, kind: "all", percent: thousandths });
    await expect(raise(5_000n)).rejects.toMatchObject({
      fields: { percent: [expect.stringMatching(/up to \$50/)] },
    });
    await raise(4_000n);
    await expect(save(id, { [INPUT_KEY]: "50.000001" }, allowed.scope)).rejects.toMatchObject({
      fields: { [`rates.${INPUT_KEY}`]: [expect.stringMatching(/up to \$50/)] },
    });
    await revokeAllowance(platform, { allowanceId });
    const schedule = () => scheduleDraft(allowed.scope, { draftId: id, effectiveFrom: null });
    await expect(schedule()).rejects.toMatchObject({
      fields: { [`rates.${INPUT_KEY}`]: [expect.stringMatching(/more than 20 times/)] },
    });
    await allowPartnerPrice(platform, { ...of, maxRate: price("50") });
    expect(await schedule()).toMatchObject({ made: 2 });
    const [row] = await getPriceBook(allowed.scope);
    expect(row?.customerRate).toBe("49.920000");
  });

  it("is of its partner alone: for others it is not there", async () => {
    const { id } = await createDraft(seller.scope, { name: "Mine", start: "today" });
    const { id: bases } = await createDraft(platform, { name: "Bases", start: "today" });
    await addDraftRate(platform, {
      draftId: bases,
      resourceType: "text_tokens_output",
      modelKey: null,
      rate: price("8"),
    });
    expect((await getDraft(platform, bases)).rows.map((row) => row.draftMicros)).toEqual([
      price("2"),
      price("8"),
      price("0.002"),
    ]);
    expect((await getDraft(platform, bases)).rows[0]?.lowestPartnerMicros).toBe(price("3"));
    const attacks: [TestPartner["scope"] | PlatformScope, string][] = [
      [stranger.scope, id],
      [platform, id],
      [seller.scope, bases],
      [seller.scope, newId()],
      [seller.scope, "none"],
    ];
    for (const [scope, draftId] of attacks) {
      const missing = { code: "not_found" };
      await expect(getDraft(scope, draftId)).rejects.toMatchObject(missing);
      await expect(
        saveDraft(scope, { draftId, name: "Theirs", rates: new Map([[INPUT_KEY, price("5")]]) }),
      ).rejects.toMatchObject(missing);
      await expect(raiseDraft(scope, { draftId, kind: "all", percent: 1n })).rejects.toMatchObject(missing);
      await expect(deleteDraft(scope, { draftId })).rejects.toMatchObject(missing);
    }
    expect(await pricesOf(id)).toEqual({ [INPUT_KEY]: price("3"), [NODE_KEY]: price("0.002") });
    expect((await listDrafts(stranger.scope, {})).items).toEqual([]);
  });

  it("can be thrown away, and each change of it is in the audit", async () => {
    const { id } = await createDraft(seller.scope, { name: "Gone", start: "empty" });
    await save(id, { [INPUT_KEY]: "4" });
    await save(id, { [INPUT_KEY]: "4" });
    await deleteDraft(seller.scope, { draftId: id });
    await expect(getDraft(seller.scope, id)).rejects.toMatchObject({ code: "not_found" });
    const { pool } = await database();
    const { rows } = await pool.query(
      "select action, after from audit_log where target_id = $1 order by id",
      [id],
    );
    expect(rows.map((row) => row.action)).toEqual([
      "price_draft.create",
      "price_draft.update",
      "price_draft.delete",
    ]);
    expect(rows[1].after).toEqual({ name: "Spring", rates: { [INPUT_KEY]: "4.000000" } });
  });
});
