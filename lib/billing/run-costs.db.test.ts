import { beforeAll, describe, expect, it, vi } from "vitest";
import { listSteps } from "@/lib/runs/step-windows";
import { chain, publishGraph, seedRunPrices, transformNode } from "@/lib/runs/testing";
import { plantRun } from "@/lib/runs/trace-testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant } from "@/lib/testing/scopes";
import { getCustomerRunCosts, getRunCosts, listDearestRuns } from "./run-costs";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

beforeAll(() => seedRunPrices());

async function plantTree() {
  const { scope, partnerId } = await makePartner();
  const tenant = await makeTenant(partnerId);
  const workflowId = await publishGraph(tenant.admin, "W", chain([transformNode("n1", { text: "x" })], "x"));
  const cost = "0.003000";
  const partner = { partnerId, commission: "0.001000" };
  const rootId = await plantRun(tenant, workflowId, 2, { cost, partner });
  const [step] = (await listSteps(tenant.admin, { executionId: rootId, offset: 0 })).steps;
  const part = {
    parentExecutionId: rootId,
    parentStepId: step?.id,
    rootExecutionId: rootId,
    depth: 1,
    itemIndex: 0,
  };
  const partId = await plantRun(tenant, workflowId, 3, { cost, partner, part });
  return { scope, tenant, rootId, partId };
}

describe("the costs of a run", () => {
  it("are those of its whole tree, at each level, for the operator and for the tenant's own partner", async () => {
    const { scope, rootId, partId } = await plantTree();
    const total = { platformCost: "0.010000", commission: "0.005000", tenantCost: "0.015000" };
    const platform = await getRunCosts(await makePlatform(), rootId);
    const partner = await getCustomerRunCosts(scope, rootId);
    for (const costs of [platform, partner]) {
      expect(costs).toMatchObject({ total, rootExecutionId: null, hasMoreSteps: false });
      expect(costs.resources).toMatchObject([
        { resourceType: "workflow_node", quantity: "5.000000", ...total },
      ]);
      expect(costs.steps.map((step) => step.isPart).sort()).toEqual([false, false, true, true, true]);
    }
    const part = await getCustomerRunCosts(scope, partId);
    expect(part).toMatchObject({ rootExecutionId: rootId, total: { tenantCost: "0.009000" } });
  });

  it("say nothing of what the steps are called to a partner", async () => {
    const { scope, rootId } = await plantTree();
    const { steps } = await getCustomerRunCosts(scope, rootId);
    expect(steps.map((step) => step.nodeId)).toEqual([null, null, null, null, null]);
  });

  it("are nothing to another partner", async () => {
    const { rootId, partId, tenant } = await plantTree();
    const stranger = await makePartner();
    for (const executionId of [rootId, partId, "none"]) {
      await expect(getCustomerRunCosts(stranger.scope, executionId)).rejects.toMatchObject({
        code: "not_found",
      });
    }
    expect(await listDearestRuns(stranger.scope, tenant.tenantId)).toEqual([]);
  });
});
