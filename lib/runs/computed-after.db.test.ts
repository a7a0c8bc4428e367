import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { brokenMoney, prepaidTenant } from "@/lib/wallet/testing";
import { testNode } from "@/lib/workflows/graph-testing";
import { start } from "./commands/testing";
import { driveRun } from "./drive";
import { billedFor, driveTree } from "./nested-testing";
import { DOLLAR, giveMoney, standing } from "./paid-testing";
import { chain, publishGraph, seedRunPrices, TEST_MODEL, transformNode } from "./testing";
import { wakePaid } from "./wake-paid";

withTestDatabase();
vi.setConfig({ testTimeout: 60_000 });

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await prepaidTenant();
});
afterEach(async () => {
  expect(await brokenMoney()).toEqual([]);
});

/** A question with a short answer, and then ninety nodes that only compute. */
const ask = testNode("ask", "llm", {
  modelKey: TEST_MODEL,
  system: "",
  prompt: "Hi",
  outputFields: [],
  maxOutputTokens: 16,
});
const COMPUTING = chain(
  [ask, ...Array.from({ length: 90 }, (_, at) => transformNode(`t${at}`, { text: "x" }))],
  "done",
);

describe("nodes that only compute, also in the moment in which a model's answer is stored,", () => {
  it("spend no more than the credit there is, and go on once there is more", async () => {
    const credit = 1_500n;
    await giveMoney(tenant, credit);
    const executionId = await start(tenant, await publishGraph(tenant.admin, "Computing", COMPUTING));
    expect(await driveTree(tenant, executionId)).toBe("waiting");
    expect(await standing(tenant, executionId)).toMatchObject({ waitReason: "credit" });
    const spent = await billedFor(tenant, executionId);
    expect(spent).toBeLessThanOrEqual(credit);
    expect(spent).toBeGreaterThan(credit - 100n);
    await giveMoney(tenant, DOLLAR);
    expect(await wakePaid(tenant.job)).toBe(1);
    expect(await driveTree(tenant, executionId)).toBe("completed");
  });

  it("are left to the next drive by one whose time is over", async () => {
    await giveMoney(tenant, 200n);
    const computing = chain(
      [transformNode("one", { text: "x" }), transformNode("two", { text: "x" })],
      "done",
    );
    const executionId = await start(tenant, await publishGraph(tenant.admin, "Computing", computing));
    expect(await driveRun(tenant.job, executionId, { budgetMs: 0 })).toEqual({ againMs: 0 });
    expect(await driveTree(tenant, executionId)).toBe("waiting");
    expect(await billedFor(tenant, executionId)).toBe(200n);
  });

  it("spend no more than a cap leaves", async () => {
    await giveMoney(tenant, DOLLAR);
    await setCap(tenant.admin, setCapInput.parse({ scope: "run", period: "run", amount: "0.0015" }));
    const executionId = await start(tenant, await publishGraph(tenant.admin, "Computing", COMPUTING));
    expect(await driveTree(tenant, executionId)).toBe("waiting");
    expect(await standing(tenant, executionId)).toMatchObject({ waitReason: "cap" });
    expect(await billedFor(tenant, executionId)).toBeLessThanOrEqual(1_500n);
  });
});
