import { eq } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { until } from "@/inngest/engine/testing";
import { type Micros, microsFromNumeric } from "@/lib/money";
import type { TestTenant } from "@/lib/testing/scopes";
import { give } from "@/lib/wallet/testing";
import { DRIVE_MS, driveRun } from "./drive";
import { readRun } from "./testing";

export const DOLLAR = 1_000_000n;

let gifts = 0;

export function giveMoney(tenant: TestTenant, amount: Micros) {
  gifts += 1;
  return give(tenant, { kind: "topup", source: "paid", amount, key: `gift ${gifts}` });
}

/** Until it ends, or waits for something outside. */
export async function driveOn(tenant: TestTenant, executionId: string): Promise<void> {
  const drive = async () =>
    (await driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS })).againMs === null;
  await until("the run to need no more", drive);
}

/** How a run and its steps stand, and which of them wait. */
export async function standing(tenant: TestTenant, executionId: string) {
  const [run] = await asWorker(tenant.job, (tx) =>
    tx
      .select({ status: executions.status, waitReason: executions.waitReason })
      .from(executions)
      .where(eq(executions.id, executionId)),
  );
  const steps = await asWorker(tenant.job, (tx) =>
    tx
      .select({
        nodeId: executionSteps.nodeId,
        status: executionSteps.status,
        attempt: executionSteps.attempt,
        waitReason: executionSteps.waitReason,
      })
      .from(executionSteps)
      .where(eq(executionSteps.executionId, executionId)),
  );
  return { ...run, waiting: steps.filter((step) => step.status === "waiting"), steps };
}

/** The most that an attempt at the node `ask` may cost, told of one that waits for it. */
export async function mostOf(tenant: TestTenant, executionId: string): Promise<Micros> {
  const { steps } = await readRun(tenant.job, executionId);
  return microsFromNumeric(steps.find(({ nodeId }) => nodeId === "ask")?.needed ?? "0");
}
