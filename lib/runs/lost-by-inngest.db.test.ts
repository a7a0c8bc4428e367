import { eq, sql } from "drizzle-orm";
import { afterAll, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { startRun } from "./commands/start";
import { findStrays, mendRun } from "./sweep";
import { addStubModel, chain, llmNode, publishGraph, seedRunPrices } from "./testing";

const { taken, server } = await vi.hoisted(async () =>
  (await import("@/inngest/forgetful-testing")).startForgetfulInngest(),
);
afterAll(() => void server.close());

withTestDatabase();

it("a run that an Inngest server took and forgot is sent again after a minute, as another event", async () => {
  await seedRunPrices();
  const modelKey = await addStubModel("http://127.0.0.1:1/v1");
  const { admin, job } = await makeTenant();
  const workflowId = await publishGraph(admin, "Ask", chain([llmNode("ask", modelKey)], "done"));
  const { executionId } = await startRun(admin, { workflowId, useDraft: false, input: { text: "a" } });
  const sent = () => taken.filter(({ name }) => name === "execution/requested").map(({ id }) => id);
  expect(sent()).toEqual([executionId]);
  const isStray = async () => (await findStrays()).some((stray) => stray.executionId === executionId);
  expect(await isStray()).toBe(false);
  await asWorker(job, (tx) =>
    tx
      .update(executions)
      .set({ dispatchedAt: sql`now() - interval '61 seconds'` })
      .where(eq(executions.id, executionId)),
  );
  expect(await isStray()).toBe(true);
  await mendRun(job, executionId);
  expect(sent()).toEqual([executionId, expect.stringMatching(new RegExp(`^${executionId}:again:\\d+$`))]);
  expect(await isStray()).toBe(false);
});
