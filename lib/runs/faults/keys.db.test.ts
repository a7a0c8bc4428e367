import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform } from "@/db/access";
import { database } from "@/db/pool";
import { systemConfigs } from "@/db/schema/config";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { PROVIDER_CONFIG_KEYS } from "@/lib/models/provider-config";
import { parseKeyRing } from "@/lib/secrets/key-ring";
import { seal } from "@/lib/secrets/seal";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { GraphNode } from "@/lib/workflows/graph";
import { resumeRun } from "../commands/resume";
import { readRun, transformNode } from "../testing";
import { askNode, begin, publishChain, seedFaultModel, settledInvariants, untilEnded } from "./testing/scene";
import type { PlannedFault } from "./testing/worker-plan";
import { startWorker, type WorkerProcess } from "./testing/worker-process";

withTestDatabase();
vi.setConfig({ testTimeout: 180_000 });

const API_KEY = "sk-canary-of-the-provider";
/** The process ends between the first question of a run and the second. */
const ENDS_BETWEEN: PlannedFault[] = [{ point: "after_commit", node: "first", does: "kill", ms: 0 }];
const PLACE = {
  table: "system_configs",
  rowKey: PROVIDER_CONFIG_KEYS.openai_compatible.apiKey,
  column: "value",
};

// Keys are read when a process starts, so each ring needs one of its own, and a database that takes several.
describe.runIf(testServerUrl())("the keys that seal what is stored", () => {
  const [older, newer] = ["older", "newer"].map((id) => `${id}:${randomBytes(32).toString("base64")}`);
  const both = `${newer},${older}`;
  const workers: WorkerProcess[] = [];
  let provider: Provider;
  let model: string;
  let tenant: TestTenant;
  let databaseUrl: string;
  let flagDir: string;

  beforeAll(async () => {
    provider = await startProvider();
    model = await seedFaultModel(provider);
    tenant = await makeTenant();
    databaseUrl = (await database()).connectionString ?? "";
    await asPlatform(await makePlatform(), (tx) =>
      tx.insert(systemConfigs).values({ key: PLACE.rowKey, value: "-", isEncrypted: true }),
    );
  });
  beforeEach(() => {
    flagDir = mkdtempSync(join(tmpdir(), "hb-keys-"));
    return sealWith(older ?? "");
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) {
      worker.signal("SIGKILL");
      await worker.ended;
    }
    rmSync(flagDir, { recursive: true, force: true });
  });
  afterAll(async () => {
    await provider.close();
  });

  /** Stores the provider's key as a process with this ring does. */
  async function sealWith(ring: string): Promise<void> {
    const value = seal(parseKeyRing(ring), PLACE, API_KEY);
    await asPlatform(await makePlatform(), (tx) =>
      tx.update(systemConfigs).set({ value }).where(eq(systemConfigs.key, PLACE.rowKey)),
    );
  }
  async function work(sealingKeys: string, faults: PlannedFault[] = []): Promise<WorkerProcess> {
    const worker = await startWorker({ databaseUrl, allow: provider.host, flagDir, sealingKeys, faults });
    workers.push(worker);
    await worker.ready;
    return worker;
  }
  const keysSent = (run: string) =>
    provider.requests
      .filter(({ key }) => key.startsWith(`@${run}/`))
      .map(({ headers }) => headers.authorization);
  const evidence = (...acknowledged: string[]) => ({ acknowledged, requests: provider.requests });

  it("are changed in the middle of a run: what the old one sealed opens by its id, and what the new one seals", async () => {
    const flow = await publishChain(tenant, [askNode("first", model), askNode("second", model)]);
    const before = await work(older ?? "", ENDS_BETWEEN);
    const executionId = await begin(tenant, flow, "rotated");
    expect(await before.ended).toBe("SIGKILL");
    await work(both);
    expect(await untilEnded(executionId)).toBe("completed");
    await sealWith(both);
    const after = await begin(tenant, flow, "sealed_anew");
    expect(await untilEnded(after)).toBe("completed");
    for (const run of ["rotated", "sealed_anew"])
      expect(keysSent(run)).toEqual(Array(2).fill(`Bearer ${API_KEY}`));
    expect(await settledInvariants(evidence(executionId, after))).toEqual([]);
  });

  it("lack the old one: the step says so, the process works on, and the run can be resumed once it is back", async () => {
    const retry = { attempts: 2, backoff: "fixed" as const, firstWaitMs: 0 };
    const asking: GraphNode = { ...askNode("ask", model), policy: { retry } };
    const flow = await publishChain(tenant, [askNode("first", model), asking]);
    const before = await work(both, ENDS_BETWEEN);
    const executionId = await begin(tenant, flow, "lacking");
    expect(await before.ended).toBe("SIGKILL");
    const forgetful = await work(newer ?? "");
    expect(await untilEnded(executionId)).toBe("failed");
    const { steps, ledger } = await readRun(tenant.job, executionId);
    const step = steps.find(({ nodeId }) => nodeId === "ask");
    expect(step).toMatchObject({
      status: "failed",
      attempt: 2,
      errorCode: "key_missing",
      errorMessage: expect.stringMatching(/cannot be opened.*administrator/),
    });
    expect(ledger.filter(({ stepId }) => stepId === step?.id)).toEqual([]);
    expect(JSON.stringify(steps)).not.toContain("canary");
    expect(keysSent("lacking")).toHaveLength(1);

    const other = await begin(tenant, await publishChain(tenant, [transformNode("t", { a: "1" })]), "other");
    expect(await untilEnded(other)).toBe("completed");
    expect(forgetful.isAlive()).toBe(true);

    await forgetful.stop();
    await work(both);
    const resumed = await resumeRun(tenant.admin, { executionId, on: "same" });
    expect(await untilEnded(resumed.executionId)).toBe("completed");
    expect(await settledInvariants(evidence(executionId, other, resumed.executionId))).toEqual([]);
  });
});
