import { beforeAll, expect, it } from "vitest";
import { asPlatform } from "@/db/access";
import { systemRates } from "@/db/schema/billing";
import { aiModels } from "@/db/schema/config";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { runPlayground } from "./playground";
import { getStep } from "./step-queries";
import { makeAgent, readRun, seedRunPrices, TEST_MODEL } from "./testing";

withTestDatabase();

const SMALL = "small";
beforeAll(async () => {
  await seedRunPrices();
  const rate = { unit: "1M_tokens", effectiveFrom: new Date("2026-01-01T00:00:00Z"), modelKey: SMALL };
  await asPlatform(await makePlatform(), async (tx) => {
    await tx
      .insert(aiModels)
      .values({ modelKey: SMALL, modelName: "Small", provider: "internal", modelType: "text" });
    await tx.insert(systemRates).values([
      { ...rate, resourceType: "text_tokens_input", rate: "0.000010" },
      { ...rate, resourceType: "text_tokens_output", rate: "0.000010" },
    ]);
  });
});

it("answers in the playground with the cheaper model of a cap that its own does not fit under, and says so in the run", async () => {
  const { admin } = await makeTenant();
  const agentId = await makeAgent(admin, "Ada");
  const question = { agentId, messages: [{ role: "user", content: "What is 6 * 7?" }] } as const;
  const cap = { scope: "agent", agentId, period: "day", amount: "0.0001" };
  await setCap(admin, setCapInput.parse(cap));
  await expect(runPlayground(admin, question)).rejects.toMatchObject({ reason: "cap_reached" });
  await setCap(admin, setCapInput.parse({ ...cap, onReach: "switch", fallbackModelKey: SMALL }));
  const { executionId, answer } = await runPlayground(admin, question);
  await answer;
  const { run, steps, calls } = await readRun(admin, executionId);
  expect(run.status).toBe("completed");
  expect(calls.map(({ modelKey }) => modelKey)).toEqual([SMALL]);
  const [step] = steps;
  expect(await getStep(admin, { executionId, nodeId: step?.nodeId ?? "" })).toMatchObject({
    cheaperModel: { used: SMALL, insteadOf: TEST_MODEL },
  });
});
