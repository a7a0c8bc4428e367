import { beforeAll, expect, it } from "vitest";
import { setModelActive } from "@/lib/admin/commands/platform";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { prepaidTenant, use } from "@/lib/wallet/testing";
import { startRun } from "./commands/start";
import { moneyWaitOf } from "./money-wait";
import { DOLLAR, driveOn, giveMoney } from "./paid-testing";
import { runPlayground } from "./playground";
import { addSmallModel, makeAgent, readRun, SMALL_MODEL, seedRunPrices, TEST_MODEL } from "./testing";
import { wakePaid } from "./wake-paid";

withTestDatabase();

beforeAll(async () => {
  await seedRunPrices();
  await addSmallModel({ input: "0.200000", output: "0.800000" });
});

it("a run that waits for a cap goes on once the cap has it go on with a cheaper model", async () => {
  const tenant = await prepaidTenant();
  await giveMoney(tenant, 1_000n * DOLLAR);
  const agentId = await makeAgent(tenant.admin, "Ada");
  const cap = { scope: "agent", agentId, period: "day" };
  await setCap(tenant.admin, setCapInput.parse({ ...cap, amount: "0.000001" }));
  const { executionId } = await startRun(tenant.admin, { agentId, input: { prompt: "hello" } });
  await driveOn(tenant, executionId);
  const { steps } = await readRun(tenant.admin, executionId);
  const amount = (Number(steps[0]?.needed) / 2).toFixed(6);
  await setCap(tenant.admin, setCapInput.parse({ ...cap, amount }));
  expect(await wakePaid(tenant.job)).toBe(0);

  const cheaper = { onReach: "switch", fallbackModelKey: SMALL_MODEL };
  await setCap(tenant.admin, setCapInput.parse({ ...cap, amount, ...cheaper }));
  expect(await moneyWaitOf(tenant.admin, executionId)).toMatchObject({
    message: "A spending cap was changed, and the next step is tried again with it.",
  });
  expect(await wakePaid(tenant.job)).toBe(1);
  await driveOn(tenant, executionId);
  const { run, calls } = await readRun(tenant.admin, executionId);
  expect([run.status, ...calls.map((call) => call.modelKey)]).toEqual(["completed", SMALL_MODEL]);
});

it("an agent keeps its own model within its cap once the cheaper one is switched off", async () => {
  const tenant = await prepaidTenant();
  await giveMoney(tenant, 1_000n * DOLLAR);
  const agentId = await makeAgent(tenant.admin, "Ada");
  const cap = { scope: "agent", agentId, period: "day", amount: "500", onReach: "switch" };
  await setCap(
    tenant.admin,
    setCapInput.parse({ ...cap, fallbackModelKey: SMALL_MODEL, switchAtPercent: 1 }),
  );
  await use(tenant.job, [{ cost: 10n * DOLLAR, agentId }]);
  const asked = async () => {
    const { executionId } = await startRun(tenant.admin, { agentId, input: { prompt: "hello" } });
    await driveOn(tenant, executionId);
    const inPlayground = await runPlayground(tenant.admin, {
      agentId,
      messages: [{ role: "user", content: "hello" }],
    });
    await inPlayground.answer;
    const runs = [executionId, inPlayground.executionId].map((id) => readRun(tenant.admin, id));
    return (await Promise.all(runs)).map(({ run, calls }) => [
      run.status,
      ...calls.map((call) => call.modelKey),
    ]);
  };
  expect(await asked()).toEqual([
    ["completed", SMALL_MODEL],
    ["completed", SMALL_MODEL],
  ]);
  await setModelActive(await makePlatform(), { modelKey: SMALL_MODEL, isActive: false });
  expect(await asked()).toEqual([
    ["completed", TEST_MODEL],
    ["completed", TEST_MODEL],
  ]);
});
