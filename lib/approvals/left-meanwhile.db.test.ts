import { beforeAll, expect, it, vi } from "vitest";
import { createEndpoint } from "@/lib/notifications/commands/endpoints";
import { savePreferences } from "@/lib/notifications/commands/inbox";
import { readBell } from "@/lib/notifications/queries/inbox";
import { start } from "@/lib/runs/commands/testing";
import { driveTree } from "@/lib/runs/nested-testing";
import { outputNode, publishGraph, seedRunPrices } from "@/lib/runs/testing";
import { deactivateMember } from "@/lib/team/commands";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { waiting, whileHeld } from "@/lib/testing/held";
import { makeTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { remindApprovers } from "./sweep";
import { list } from "./testing";

withTestDatabase();
beforeAll(() => seedRunPrices());

it.runIf(testServerUrl())(
  "what is asked of somebody who loses access at that moment is told to the admins",
  async () => {
    const tenant = await makeTenant();
    await savePreferences(tenant.member, { approval_asked: { inApp: false } });
    const url = "https://example.com/hook";
    await createEndpoint(tenant.admin, { url, description: "", kinds: ["approval_asked"] });
    const ask = testNode("ask", "approval", {
      title: "Pay?",
      message: "",
      fields: [],
      who: "people",
      userIds: [tenant.memberId],
    });
    const workflowId = await publishGraph(
      tenant.admin,
      "Ask",
      testGraph(
        [testNode("input", "input"), ask, outputNode("output", { result: "paid" })],
        [testEdge("input", "ask"), testEdge("ask", "output", "approved")],
      ),
    );
    const executionId = await start(tenant, workflowId);

    // The question is written and told to the person, and not there for others yet.
    const lock = "select from webhook_endpoints where tenant_id = $1 for update";
    let left: Promise<void> | undefined;
    await whileHeld({ lock, of: tenant.tenantId }, [() => driveTree(tenant, executionId)], async () => {
      left = deactivateMember(tenant.admin, { userId: tenant.memberId });
      const isWaiting = vi.waitUntil(async () => (await waiting()) > 1, { timeout: 30_000 });
      await Promise.race([left, isWaiting]);
    });
    await left;

    const [question] = await list(tenant.admin, "mine");
    expect(question).toMatchObject({ executionId, title: "Pay?" });
    expect(await remindApprovers(tenant.job)).toBe(1);
    const told = (await readBell(tenant.admin)).latest.map(({ href }) => href);
    expect(told).toEqual([`/app/approvals/${question?.id}`]);
  },
);
