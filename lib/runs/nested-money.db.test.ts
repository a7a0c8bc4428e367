import { and, eq } from "drizzle-orm";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { creditHolds } from "@/db/schema/wallets";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { brokenMoney, prepaidTenant } from "@/lib/wallet/testing";
import { testNode } from "@/lib/workflows/graph-testing";
import { cancelRun } from "./commands/cancel";
import { start } from "./commands/testing";
import { moneyWaitOf } from "./money-wait";
import { billedFor, driveTree, inside, line, mapNode } from "./nested-testing";
import { DOLLAR, giveMoney, standing } from "./paid-testing";
import { publishGraph, readRun, seedRunPrices, transformNode } from "./testing";
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

/** Twelve items at once, each with a list of none and a wait: nodes of which none only computes. */
const WAITING = line([mapNode("each", "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]", { maxParallel: 20 })], {
  more: [
    ...inside(
      "each",
      mapNode("none", "[]"),
      testNode("rest", "wait", { mode: "for", amount: 1, unit: "days", until: "" }),
    ),
    ...inside("none", transformNode("t", { x: "1" })),
  ],
});

const begin = async () => start(tenant, await publishGraph(tenant.admin, "Waiting", WAITING));

function held() {
  return asWorker(tenant.job, (tx) =>
    tx
      .select({ amount: creditHolds.amount })
      .from(creditHolds)
      .where(and(eq(creditHolds.tenantId, tenant.tenantId), eq(creditHolds.status, "open"))),
  );
}

describe("nodes that wait cost what is set aside for them, so that", () => {
  it("they spend no more than the credit there is, and go on once there is more", async () => {
    await giveMoney(tenant, 700n);
    const executionId = await begin();
    expect(await driveTree(tenant, executionId)).toBe("waiting");
    const spent = async () => (await billedFor(tenant, executionId)) + BigInt((await held()).length) * 100n;
    expect(await spent()).toBe(700n);
    expect(await moneyWaitOf(tenant.member, executionId)).toEqual({
      reason: "credit",
      message: "This needs $0.0001 of credit, and $0.00 is there.",
    });
    await giveMoney(tenant, DOLLAR);
    expect(await wakePaid(tenant.job)).toBeGreaterThan(0);
    await driveTree(tenant, executionId);
    // The input and twelve empty lists are paid for; the map and twelve waits are under way.
    expect([await billedFor(tenant, executionId), (await held()).length]).toEqual([1_300n, 13]);
    await cancelRun(tenant.admin, { executionId });
    expect([await billedFor(tenant, executionId), await held()]).toEqual([1_300n, []]);
  });

  it("a cap of each run bounds them", async () => {
    await giveMoney(tenant, DOLLAR);
    await setCap(tenant.admin, setCapInput.parse({ scope: "run", period: "run", amount: "0.0005" }));
    const executionId = await begin();
    await driveTree(tenant, executionId);
    expect(await billedFor(tenant, executionId)).toBeLessThanOrEqual(500n);
    expect(await standing(tenant, executionId)).toMatchObject({ status: "waiting" });
  });

  it("nothing stays set aside for one that began to wait in the moment in which its run failed", async () => {
    await giveMoney(tenant, DOLLAR);
    const question = { title: "Go?", message: "", fields: [], who: "anyone", userIds: [] };
    const asking = line([], {
      more: [
        testNode("ask", "approval", question),
        mapNode("none", "input.text"),
        ...inside("none", transformNode("t", { x: "1" })),
      ],
      edges: [
        ["input", "ask"],
        ["input", "none"],
      ],
    });
    const executionId = await start(tenant, await publishGraph(tenant.admin, "Asking", asking));
    expect(await driveTree(tenant, executionId)).toBe("failed");
    const { steps } = await readRun(tenant.job, executionId);
    expect(steps.find(({ nodeId }) => nodeId === "ask")).toMatchObject({ status: "cancelled" });
    expect(await held()).toEqual([]);
  });

  it("a list of none is paid for as what only computes is", async () => {
    await giveMoney(tenant, 100n);
    const none = line([mapNode("none", "[]")], { more: inside("none", transformNode("t", { x: "1" })) });
    const executionId = await start(tenant, await publishGraph(tenant.admin, "None", none));
    expect(await driveTree(tenant, executionId)).toBe("waiting");
    const { steps } = await readRun(tenant.job, executionId);
    expect(steps.find(({ nodeId }) => nodeId === "none")).toMatchObject({ waitReason: "credit" });
    await giveMoney(tenant, 200n);
    expect(await wakePaid(tenant.job)).toBe(1);
    expect(await driveTree(tenant, executionId)).toBe("completed");
    expect([await billedFor(tenant, executionId), await held()]).toEqual([300n, []]);
  });
});
