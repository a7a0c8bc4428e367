import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { shiftClock } from "@/lib/clock";
import { setPartnerRate, setSystemRate } from "@/lib/rates/commands";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { findRepriced } from "@/lib/wallet/sweep";
import { brokenMoney, prepaidTenant } from "@/lib/wallet/testing";
import { findPayable } from "@/lib/wallet/unpaid";
import { begin, publishChain } from "./faults/testing/scene";
import { driveOn, giveMoney, mostOf, standing } from "./paid-testing";
import { llmNode, seedRunPrices, TEST_MODEL } from "./testing";
import { askStepsAgain, wakePaid } from "./wake-paid";

withTestDatabase();
beforeAll(() => seedRunPrices());

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await prepaidTenant();
});
afterEach(() => shiftClock(0));

/** From now on an answer costs so much, and it is a minute later. */
async function reprice(rate: bigint): Promise<void> {
  const thing = { resourceType: "text_tokens_output", modelKey: TEST_MODEL, description: null } as const;
  await setSystemRate(await makePlatform(), { ...thing, rate, effectiveFrom: null });
  shiftClock(60_000);
}

const isRepriced = async ({ tenantId } = tenant) =>
  (await findRepriced()).filter((one) => one.tenantId === tenantId).length;

it("a step that waits for credit goes on when its price falls to what is there, without more credit", async () => {
  const workflowId = await publishChain(tenant, [llmNode("ask", TEST_MODEL)]);
  await giveMoney(tenant, 5_000n);
  const executionId = await begin(tenant, workflowId, "poor");
  await driveOn(tenant, executionId);
  expect(await standing(tenant, executionId)).toMatchObject({ status: "waiting", waitReason: "credit" });
  const before = await mostOf(tenant, executionId);
  expect(await isRepriced()).toBe(0);

  await reprice(4_000_000n);
  expect(await isRepriced()).toBe(1);
  await askStepsAgain(tenant.job);
  await driveOn(tenant, executionId);
  // Still too dear: it waits for what it needs now.
  expect(await standing(tenant, executionId)).toMatchObject({ status: "waiting", waitReason: "credit" });
  expect(await mostOf(tenant, executionId)).toBeLessThan(before);

  shiftClock(0);
  await reprice(10_000n);
  expect(await findPayable()).not.toContain(tenant.tenantId);
  expect(await wakePaid(tenant.job)).toBe(0);
  await askStepsAgain(tenant.job);
  await driveOn(tenant, executionId);
  expect(await standing(tenant, executionId)).toMatchObject({ status: "completed", waiting: [] });
  expect(await isRepriced()).toBe(0);
  expect(await brokenMoney()).toEqual([]);
});

it("a partner's price is asked about by what waits in the partner's workspaces alone", async () => {
  const partner = await makePartner();
  const theirs = await prepaidTenant(partner.partnerId);
  for (const of of [tenant, theirs])
    await driveOn(of, await begin(of, await publishChain(of, [llmNode("ask", TEST_MODEL)]), "poor"));
  // What was changed before is longer ago.
  shiftClock(2 * 3_600_000);
  const now = new Date(Date.now() + 2 * 3_600_000);
  const thing = { resourceType: "text_tokens_input", modelKey: TEST_MODEL, description: null } as const;
  const { id: systemRateId } = await setSystemRate(
    await makePlatform(),
    { ...thing, rate: 1_000_000n, effectiveFrom: null },
    new Date(now.getTime() - 3_600_000),
  );
  await setPartnerRate(partner.scope, { systemRateId, rate: 2_000_000n, effectiveFrom: null }, now);
  expect([await isRepriced(), await isRepriced(theirs)]).toEqual([0, 0]);
  shiftClock(2 * 3_600_000 + 60_000);
  expect([await isRepriced(), await isRepriced(theirs)]).toEqual([0, 1]);
});
