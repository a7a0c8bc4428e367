// The process that the crash test kills: works on runs of ten steps and writes a line for each step it runs.
import { appendFileSync } from "node:fs";
import { enginePort } from "@/db/engine-port";
import { env } from "@/lib/env";
import { testApp } from "./testing";

const [file = "", runs = "0"] = process.argv.slice(2);

const app = await testApp(
  await enginePort(),
  (inngest) => {
    const done = (run: unknown, step: string) => appendFileSync(file, `${run} ${step}\n`);
    return [
      inngest.createFunction({ id: "ten", triggers: [{ event: "ten" }] }, async ({ event, step }) => {
        const { run } = event.data;
        for (const id of ["1", "2", "3"]) await step.run(id, () => done(run, id));
        await Promise.all(["4", "5", "6"].map((id) => step.run(id, () => done(run, id))));
        await step.sleep("pause", "1s");
        for (const id of ["7", "8", "9"]) await step.run(id, () => done(run, id));
        await step.run("10", () => done(run, "10"));
      }),
    ];
  },
  { exclusive: env().isEmbeddedDatabase, leaseMs: 1_500, maxCalls: 8 },
);
await app.inngest.send(
  Array.from({ length: Number(runs) }, (_, run) => ({ name: "ten", data: { run }, id: `run-${run}` })),
);
await app.engine.start();
