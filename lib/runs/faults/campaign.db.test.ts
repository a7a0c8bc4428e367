import { describe, expect, it, vi } from "vitest";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { runCampaign } from "./testing/campaign";

withTestDatabase();
vi.setConfig({ testTimeout: 400_000 });

describe.runIf(testServerUrl())("a short campaign of random faults", () => {
  it("leaves every run ended, billed once, and none lost", async () => {
    const report = await runCampaign({
      seed: 20_260_301,
      runs: 40,
      kills: 3,
      mostMs: 20_000,
      workers: 3,
      leaseMs: 2_000,
    });
    expect(report.broken, JSON.stringify(report)).toEqual([]);
    expect(Object.keys(report.ended).filter((status) => !["completed", "failed"].includes(status))).toEqual(
      [],
    );
    expect(report.faults.kill).toBeGreaterThan(0);
    expect(report.recoveryMs).toBeLessThan(120_000);
  });
});
