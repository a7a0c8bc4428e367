import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { parseInput } from "@/lib/parse";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, type TestPartner } from "@/lib/testing/scopes";
import { allowPartnerPrice, listAllowances, revokeAllowance } from "./allow";
import { setPartnerRate, setSystemRate } from "./commands";
import { priceInput } from "./input";
import { getPriceBook } from "./queries";

withTestDatabase();

let platform: PlatformScope;
let partner: TestPartner;
let systemRateId: string;

const price = (text: string) => parseInput(priceInput, text);

beforeAll(async () => {
  platform = await makePlatform();
  const rate = { resourceType: "workflow_node", modelKey: null, description: null } as const;
  systemRateId = (await setSystemRate(platform, { ...rate, rate: price("0.1"), effectiveFrom: null })).id;
});
beforeEach(async () => {
  partner = await makePartner();
});

const ask = (rate: string, effectiveFrom: Date | null = null) =>
  setPartnerRate(partner.scope, { systemRateId, rate: price(rate), effectiveFrom });
const allow = (maxRate: string, of = partner) =>
  allowPartnerPrice(platform, {
    partnerId: of.partnerId,
    systemRateId,
    maxRate: price(maxRate),
    reason: "It sells a service with it.",
  });
const tooHigh = (message: RegExp) => ({
  code: "invalid",
  fields: { rate: [expect.stringMatching(message)] },
});
const inAMonth = () => new Date(Date.now() + 30 * 86_400_000);

describe("more than twenty times a base price", () => {
  it("is asked by a partner that is allowed it, up to there, and by no other", async () => {
    await expect(ask("2.000001")).rejects.toMatchObject(tooHigh(/20 times/));
    const { id } = await allow("5");
    await expect(ask("5.000001")).rejects.toMatchObject(tooHigh(/up to \$5/));
    const set = await ask("5");
    const [row] = await getPriceBook(partner.scope);
    expect(row).toMatchObject({
      customerRate: "5.000000",
      allowed: { maxRate: "5.000000", reason: "It sells a service with it." },
    });
    const { rows } = await (await database()).pool.query("select after from audit_log where target_id = $1", [
      set.id,
    ]);
    expect(rows[0].after).toMatchObject({ rate: "5.000000", allowanceId: id });
    partner = await makePartner();
    await expect(ask("2.000001")).rejects.toMatchObject(tooHigh(/20 times/));
    expect((await getPriceBook(partner.scope))[0]?.allowed).toBeNull();
  });

  it("is not asked any more once that is taken back; what was set stays", async () => {
    const { id } = await allow("5");
    await ask("4");
    await revokeAllowance(platform, { allowanceId: id });
    await revokeAllowance(platform, { allowanceId: id });
    await expect(ask("4.5", inAMonth())).rejects.toMatchObject(tooHigh(/20 times/));
    expect((await getPriceBook(partner.scope))[0]).toMatchObject({ customerRate: "4.000000", allowed: null });
    const { rows } = await (await database()).pool.query(
      "select action, reason from audit_log where target_id = $1 order by id",
      [id],
    );
    expect(rows).toEqual([
      { action: "price_book.allow", reason: "It sells a service with it." },
      { action: "price_book.disallow", reason: null },
    ]);
  });

  it("is allowed once for a thing: the newer takes the place of the older", async () => {
    await allow("5");
    const { id } = await allow("3");
    expect((await listAllowances(platform, partner.partnerId)).map((one) => one.id)).toEqual([id]);
    await expect(ask("4")).rejects.toMatchObject(tooHigh(/up to \$3/));
  });

  it("needs no allowance below, a partner and a price to be allowed for", async () => {
    await expect(allow("2")).rejects.toMatchObject({
      code: "invalid",
      fields: { maxRate: [expect.anything()] },
    });
    await expect(allow("5", { ...partner, partnerId: newId() })).rejects.toMatchObject({ code: "not_found" });
    await expect(revokeAllowance(platform, { allowanceId: newId() })).rejects.toMatchObject({
      code: "not_found",
    });
    const wrong = {
      partnerId: partner.partnerId,
      systemRateId: newId(),
      maxRate: price("5"),
      reason: "A reason",
    };
    await expect(allowPartnerPrice(platform, wrong)).rejects.toMatchObject({ code: "not_found" });
  });
});
