import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { claimStep } from "@/lib/runs/claim";
import { finishStep, type HeldStep } from "@/lib/runs/settle-step";
import { loadRun, type RunFacts } from "@/lib/runs/store";
import { pinTarget } from "@/lib/runs/target";
import { chain, publishGraph, seedRunPrices, transformNode } from "@/lib/runs/testing";
import { thisWorker } from "@/lib/runs/worker";
import { makePartner, makeTenant } from "@/lib/testing/scopes";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { type Figure, figure, inTurns, median, type Size, timed } from "./bench";
import { idsOfBoth, recordStatements, replay, withConnection, withFreshIds } from "./statements";

const STEPS_PER_ROUND = 25;

/** Steps that are claimed, settled, rated and written to the ledger, a transaction each, over the same SQL prepared. */
export async function measureLedger({ isQuick }: Size): Promise<Figure[]> {
  const step = await stepOfTenant();
  const first = await recordStatements(step);
  const second = await recordStatements(step);
  const constant = idsOfBoth(first, second);
  const samples = await inTurns(
    { rounds: isQuick ? 5 : 30, warmUp: 1, maxMs: isQuick ? 4_000 : 20_000 },
    {
      subject: () => timed(() => repeat(step)),
      floor: () =>
        withConnection((client) => timed(() => repeat(() => replay(client, withFreshIds(second, constant))))),
    },
  );
  const rate = (ms: readonly number[]) => (STEPS_PER_ROUND * 1000) / median(ms);
  const floor = {
    name: `the same ${second.length} statements, prepared, on one connection`,
    value: rate(samples.floor),
  };
  return [figure("ledger steps", rate(samples.subject), "per second", floor)];
}

async function repeat(work: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < STEPS_PER_ROUND; n += 1) await work();
}

/** A new step of one run of a partner's tenant at each call. */
async function stepOfTenant(): Promise<() => Promise<void>> {
  const { partnerId } = await makePartner();
  const { admin, job } = await makeTenant(partnerId);
  await seedRunPrices();
  const graph = chain([transformNode("t", { text: "x" })], "y");
  const workflowId = await publishGraph(admin, "Ledger", graph);
  const {
    graph: _,
    input,
    ...pins
  } = await pinTarget(admin, {
    workflowId,
    useDraft: false,
    input: { text: "x" },
  });
  const executionId = newId();
  const run = await asWorker(job, async (tx) => {
    await tx
      .insert(executions)
      .values({ ...pins, id: executionId, tenantId: job.tenantId, inputData: input });
    return loadRun(tx, job, executionId);
  });
  return () => settleOne(job, run, graph, transformNode(newId(), { text: "x" }));
}

async function settleOne(scope: TenantScope, run: RunFacts, graph: Graph, node: GraphNode): Promise<void> {
  await asWorker(scope, async (tx) => {
    const place = { executionId: run.id, node, iteration: 0 };
    const claim = await claimStep(tx, scope, place, thisWorker());
    if (claim.kind !== "claimed") throw new Error("a new step was not free");
    const held: HeldStep = { run, graph, node, iteration: 0, stepId: claim.stepId, attempt: claim.attempt };
    await finishStep(tx, scope, held, { status: "completed", output: { text: "x" } });
  });
}
