import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asWorker } from "@/db/access";
import { openPglite } from "@/db/embedded";
import { migrateDatabase } from "@/db/migrate";
import { setDatabase, wrapPglite } from "@/db/pool";
import { executions } from "@/db/schema/ai";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { jobScope } from "@/lib/auth/scope";
import { env } from "@/lib/env";
import { SNAPSHOT_PATH } from "@/lib/testing/prepared";
import { makeTenant } from "@/lib/testing/scopes";
import { startRun } from "./commands/start";
import { isFinished } from "./input";
import { chain, llmNode, publishGraph, readRun, seedRunPrices, TEST_MODEL } from "./testing";
import { type Faults, setFaults } from "./worker";

/**
 * A process of the crash tests. It opens the folder its predecessor was killed in, waits for that one's runs to end, and
 * then either starts a run and kills itself at the boundary it was told, or (`report`) prints every run.
 */
const [command = "report"] = process.argv.slice(2);
const folder = env().DATA_DIR;
const facts = join(folder, "facts.json");

async function open(): Promise<void> {
  const isNew = !existsSync(join(folder, "db"));
  const image = isNew && existsSync(SNAPSHOT_PATH) ? new Blob([readFileSync(SNAPSHOT_PATH)]) : undefined;
  const database = wrapPglite(await openPglite(join(folder, "db"), image));
  await migrateDatabase(database);
  setDatabase(database);
}

async function work(): Promise<{ tenantId: string; workflowId: string }> {
  if (existsSync(facts)) return JSON.parse(readFileSync(facts, "utf8"));
  await seedRunPrices();
  const { tenantId, admin } = await makeTenant();
  const workflowId = await publishGraph(admin, "Ask", chain([llmNode("ask", TEST_MODEL)], "{{ ask.text }}"));
  writeFileSync(facts, JSON.stringify({ tenantId, workflowId }));
  return { tenantId, workflowId };
}

await open();
const { tenantId, workflowId } = await work();
const job = await jobScope(tenantId, "crash-test");
await startEmbedded(handler);

const listIds = () =>
  asWorker(job, (tx) => tx.select({ id: executions.id, status: executions.status }).from(executions));
await until("the runs of the processes before to end", async () =>
  (await listIds()).every((run) => isFinished(run.status)) ? true : null,
);

if (command === "report") {
  const runs = await Promise.all((await listIds()).map(({ id }) => readRun(job, id)));
  await new Promise<void>((resolve) => process.stdout.write(JSON.stringify(runs), () => resolve()));
  await embedded().engine.stop(1_000);
  process.exit(0);
}

const faults: Faults = {
  at: (point, nodeId) => {
    if (point === command && nodeId === "ask") process.kill(process.pid, "SIGKILL");
  },
};
setFaults(faults);
await startRun(job, { workflowId, useDraft: false, input: { text: command } });
