import { until } from "@/inngest/engine/testing";
import type { TestTenant } from "@/lib/testing/scopes";
import { DRIVE_MS, driveRun } from "../../drive";
import { askNode, begin, publishChain } from "./scene";

/** Drives a run once. */
export const drive = (tenant: TestTenant, executionId: string) =>
  driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS });

/** Drives a run as the engine does: again and again, until it needs no more. */
export const driveOn = (tenant: TestTenant, executionId: string) =>
  until("the run to need no more", async () => (await drive(tenant, executionId)).againMs === null);

/** Starts runs of one workflow that asks a model once. */
export async function startMany(tenant: TestTenant, model: string, count: number): Promise<string[]> {
  const workflowId = await publishChain(tenant, [askNode("ask", model)]);
  return Promise.all(Array.from({ length: count }, (_, at) => begin(tenant, workflowId, `run ${at}`)));
}
