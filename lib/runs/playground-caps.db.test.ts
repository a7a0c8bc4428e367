import { beforeAll, expect, it } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { runPlayground } from "./playground";
import { getStep } from "./step-queries";
import { addSmallModel, makeAgent, readRun, SMALL_MODEL, seedRunPrices, TEST_MODEL } from "./testing";

withTestDatabase();

beforeAll(async () => {
  await seedRunPrices();
  await addSmallModel({ input: "0.000010", output: "0.000010" });
});

it("answers in the playground with the cheaper model of a cap that its own does not fit under, and says so in the run", async () => {
  const { admin } = await makeTenant();
  const agentId = await makeAgent(admin, "Ada");
  const question = { agentId, messages: [{ role: "user", content: "What is 6 * 7?" }] } as const;
  const cap = { scope: "agent", agentId, period: "day", amount: "0.0001" };
  await setCap(admin, setCapInput.parse(cap));
  await expect(runPlayground(admin, question)).rejects.toMatchObject({ reason: "cap_reached" });
  await setCap(admin, setCapInput.parse({ ...cap, onReach: "switch", fallbackModelKey: SMALL_MODEL }));
  const { executionId, answer } = await runPlayground(admin, question);
  await answer;
  const { run, steps, calls } = await readRun(admin, executionId);
  expect(run.status).toBe("completed");
  expect(calls.map(({ modelKey }) => modelKey)).toEqual([SMALL_MODEL]);
  const [step] = steps;
  expect(await getStep(admin, { executionId, nodeId: step?.nodeId ?? "" })).toMatchObject({
    cheaperModel: { used: SMALL_MODEL, insteadOf: TEST_MODEL },
  });
});
