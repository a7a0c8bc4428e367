import { beforeAll, expect, it } from "vitest";
import { startRun } from "@/lib/runs/commands/start";
import { eventStreamResponse } from "@/lib/runs/event-stream";
import { beginRun, chain, publishGraph, seedRunPrices } from "@/lib/runs/testing";
import { onStopSignal } from "@/lib/stop-signals";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { executionMessages } from "./execution-view";
import { waitForRun } from "./wait";

withTestDatabase();
beforeAll(() => seedRunPrices());

it("who waits for a run, or follows it, is answered when the process is told to end", async () => {
  const tenant = await makeTenant();
  const pause = testNode("pause", "wait", { mode: "for", amount: 1, unit: "hours", until: "" });
  const workflowId = await publishGraph(tenant.admin, "Slow", chain([pause], "done"));
  const { executionId } = await startRun(tenant.admin, { workflowId, useDraft: false, input: { text: "x" } });
  await beginRun(tenant.job, executionId);
  const request = new Request("http://localhost/");
  const follow = () =>
    eventStreamResponse(request.signal, (signal) =>
      executionMessages(tenant.admin, executionId, { after: 0, signal }),
    );
  const waited = waitForRun(tenant.admin, executionId, request, 120);
  const reader = (await follow()).body?.pipeThrough(new TextDecoderStream()).getReader();
  let events = "";
  const readOn = async () => {
    const { done, value } = (await reader?.read()) ?? { done: true };
    events += value ?? "";
    return !done;
  };
  while (!events.includes("data: ")) expect(await readOn()).toBe(true);

  const told = new Promise((resolve) => onStopSignal(resolve));
  process.emit("SIGTERM", "SIGTERM");
  expect(await told).toBe("SIGTERM");
  await waited;
  while (await readOn());
  expect(events).toContain('"status":"running"');
  // Who comes later does not wait either.
  await waitForRun(tenant.admin, executionId, request, 120);
  expect(await (await follow()).text()).toContain("retry: ");
});
