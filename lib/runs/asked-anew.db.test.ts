import { afterEach, beforeAll, expect, it } from "vitest";
import { answerApproval } from "@/lib/approvals/commands";
import { answerApprovalInput } from "@/lib/approvals/input";
import { list } from "@/lib/approvals/testing";
import { shiftClock } from "@/lib/clock";
import { withTestDatabase } from "@/lib/testing/database";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { give, prepaidTenant } from "@/lib/wallet/testing";
import { testNode } from "@/lib/workflows/graph-testing";
import { DRIVE_MS, driveRun } from "./drive";
import { begin, publishChain } from "./faults/testing/scene";
import { makeAgent, seedRunPrices } from "./testing";
import { wakePaid } from "./wake-paid";

withTestDatabase();
beforeAll(() => seedRunPrices());
afterEach(() => shiftClock(0));

const DAY_MS = 86_400_000;

it("a step that is refused by its cap again the day after a no asks as of then, and not as of its first question", async () => {
  const tenant = await prepaidTenant();
  await give(tenant, { kind: "topup", source: "paid", amount: 1_000_000_000n, key: "enough" });
  const agentId = await makeAgent(tenant.admin, "Ada");
  const cap = { scope: "agent", agentId, period: "day", amount: "0.000001", onReach: "ask" };
  await setCap(tenant.admin, setCapInput.parse(cap));
  const ask = testNode("ask", "agent", { agentId, prompt: "{{ input.text }}" });
  const executionId = await begin(tenant, await publishChain(tenant, [ask]), "hello");
  const drive = () => driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS });
  await drive();
  const [first] = await list(tenant.admin, "mine");
  const no = answerApprovalInput.parse({ approvalId: first?.id, decision: "rejected" });
  await answerApproval(tenant.admin, no);
  shiftClock(DAY_MS);
  expect(await wakePaid(tenant.job)).toBe(1);
  await drive();
  const [anew] = await list(tenant.admin, "mine");
  expect(anew?.title).toBe(first?.title);
  expect((anew?.createdAt.getTime() ?? 0) - (first?.createdAt.getTime() ?? 0)).toBeGreaterThanOrEqual(DAY_MS);
});
