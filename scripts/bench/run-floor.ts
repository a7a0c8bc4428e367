import { newId } from "@/lib/ids";
import { withConnection } from "./statements";

const SCHEMA = [
  "create table if not exists bench_run (id uuid primary key, status text, input jsonb, output jsonb, at timestamptz default now())",
  "create table if not exists bench_step (run_id uuid, node text, status text, output jsonb, primary key (run_id, node))",
  "create table if not exists bench_bill (key text primary key, run_id uuid, cost numeric(18,6))",
];
const PAYLOAD = JSON.stringify({ text: "x".repeat(40) });

type Send = (text: string, values: unknown[]) => Promise<unknown>;

export async function prepareFloor(): Promise<void> {
  await withConnection(async (client) => {
    for (const text of SCHEMA) await client.query(text);
  });
}

/**
 * The same work with nothing around it: a durable run written by hand. A row for the run, one transaction a step that
 * holds its output and its bill, then the end; every statement prepared.
 */
export async function bareRun(
  steps: number,
  call?: { ask: () => Promise<void>; atOnce: boolean },
): Promise<void> {
  const id = newId();
  await bareTransaction((send) =>
    send("insert into bench_run (id, status, input) values ($1, 'running', $2)", [id, PAYLOAD]),
  );
  const one = async (step: number) => {
    await call?.ask();
    await bareTransaction(async (send) => {
      await send("insert into bench_step (run_id, node, status, output) values ($1, $2, 'completed', $3)", [
        id,
        `n${step}`,
        PAYLOAD,
      ]);
      await send("insert into bench_bill (key, run_id, cost) values ($1, $2, 0.0001)", [
        `${id}:n${step}`,
        id,
      ]);
    });
  };
  const all = Array.from({ length: steps }, (_, step) => step);
  if (call?.atOnce) await Promise.all(all.map(one));
  else for (const step of all) await one(step);
  await bareTransaction((send) =>
    send("update bench_run set status = 'completed', output = $2 where id = $1", [id, PAYLOAD]),
  );
}

function bareTransaction(work: (send: Send) => Promise<unknown>): Promise<void> {
  return withConnection(async (client) => {
    await client.query("begin");
    await work((text, values) => client.query({ name: text.slice(0, 60), text, values }));
    await client.query("commit");
  });
}

/** So many bare runs, so many at once, in milliseconds. */
export async function bareRuns(
  steps: number,
  { runs, atOnce }: { runs: number; atOnce: number },
): Promise<number> {
  const start = performance.now();
  let left = runs;
  const lane = async () => {
    while (left-- > 0) await bareRun(steps);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return performance.now() - start;
}
