import { describe, expect, it } from "vitest";
import { nextInvoice } from "@/lib/billing/next-invoice";
import { newId } from "@/lib/ids";
import { microsFromNumeric } from "@/lib/money";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { thisMonth } from "@/lib/usage/input";
import { usageReport } from "@/lib/usage/queries";
import { moneyAttention } from "./attention";
import { grantPromo } from "./commands/grant";
import { monthSpend, spendForecast } from "./spend-queries";
import { prepaidTenant, use } from "./testing";

withTestDatabase();

const DOLLAR = 1_000_000n;

describe("the month of a workspace", () => {
  it("is summed from its own ledger rows, by every part to the same total", async () => {
    const [tenant, stranger] = [await prepaidTenant(), await prepaidTenant()];
    const [ada, bob] = [newId(), newId()];
    await use(tenant.job, [
      { cost: 3n * DOLLAR, agentId: ada },
      { cost: DOLLAR, agentId: bob },
      { cost: 2n * DOLLAR },
    ]);
    await use(stranger.job, [{ cost: 100n * DOLLAR }]);
    const now = new Date();
    const spend = await monthSpend(tenant.admin, now);
    expect(spend.totalMicros).toBe(6n * DOLLAR);
    expect(spend.byAgent.map(({ key, micros }) => [key, micros])).toEqual([
      [ada, 3n * DOLLAR],
      [null, 2n * DOLLAR],
      [bob, DOLLAR],
    ]);
    for (const parts of [spend.byDay, spend.byAgent, spend.byWorkflow, spend.byModel])
      expect(parts.reduce((sum, { micros }) => sum + micros, 0n)).toBe(6n * DOLLAR);
    expect(spend.byDay).toHaveLength(now.getUTCDate());
    const report = await usageReport(tenant.admin, thisMonth(now), "agent");
    expect(microsFromNumeric(report.total.cost)).toBe(spend.totalMicros);
    await expect(monthSpend(tenant.member)).rejects.toMatchObject({ code: "forbidden" });
  });

  it("comes to what is spent and a day's average for each day left", async () => {
    const tenant = await prepaidTenant();
    await use(tenant.job, [{ cost: 14n * DOLLAR }]);
    const end = new Date();
    const forecast = await spendForecast(tenant.admin, new Date(end.getTime() + 1000));
    expect(forecast).toMatchObject({ monthMicros: 14n * DOLLAR, perDayMicros: 14n * DOLLAR, basisDays: 1 });
    expect(forecast.totalMicros).toBeGreaterThanOrEqual(14n * DOLLAR);
  });

  it("becomes an invoice of what no credit paid", async () => {
    const tenant = await prepaidTenant();
    const platform = await makePlatform();
    const tomorrow = new Date(Date.now() + 86_400_000);
    await grantPromo(platform, {
      tenantId: tenant.tenantId,
      amount: 2n * DOLLAR,
      expiresAt: tomorrow,
      reason: "Trial",
      requestKey: newId(),
    });
    expect(await moneyAttention(tenant.admin)).toEqual({
      waiting: { credit: 0, cap: 0, ask: 0 },
      documents: { credit: 0, cap: 0 },
      overdue: { count: 0, cents: 0n },
      blockedReason: null,
      topupOffReason: null,
      expiring: { micros: 2n * DOLLAR, at: tomorrow },
    });
    await use(tenant.job, [{ cost: 5n * DOLLAR }]);
    expect(await nextInvoice(tenant.admin)).toMatchObject({
      usageMicros: 5n * DOLLAR,
      coveredMicros: 2n * DOLLAR,
      fees: [],
      dueMicros: 3n * DOLLAR,
    });
    expect((await moneyAttention(tenant.admin)).expiring).toBeNull();
  });
});
