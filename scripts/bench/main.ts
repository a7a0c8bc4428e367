import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { ROOT } from "../child";
import { ensureBuild } from "../serve/build";
import type { Bench, Figure } from "./bench";
import { bundleSize } from "./bundle-size";
import { http } from "./http";
import { startTime } from "./start-time";

const BENCHES: readonly Bench[] = [bundleSize, startTime, http];

type Result = { name: string; figures: Figure[]; error?: string };

/** Runs one bench. One that fails says so and lets the others run: a bench never fails on a number. */
async function measure(bench: Bench): Promise<Result> {
  console.error(`measuring ${bench.name} ...`);
  try {
    return { name: bench.name, ...(await bench.run()) };
  } catch (error) {
    return { name: bench.name, figures: [], error: error instanceof Error ? error.message : String(error) };
  }
}

function table({ name, figures, error }: Result): string {
  const width = Math.max(0, ...figures.map((one) => one.name.length));
  const lines = figures.map(
    (one) =>
      `  ${one.name.padEnd(width)} ${one.value.toFixed(one.value < 10 ? 2 : 0).padStart(9)} ${one.unit.padEnd(10)} ${one.ratio.toFixed(2).padStart(8)} x  ${one.floor.name} (${one.floor.value})`,
  );
  return [name, ...lines, ...(error ? [`  failed: ${error}`] : []), ""].join("\n");
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean", default: false } },
  });
  const benches = BENCHES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (benches.length === 0) {
    console.error(`Usage: npm run bench -- [--json] [${BENCHES.map(({ name }) => name).join("|")} ...]`);
    return 2;
  }
  if (!(await ensureBuild())) return 1;
  const results: Result[] = [];
  for (const bench of benches) results.push(await measure(bench));
  const report = JSON.stringify({ node: process.version, cpus: cpus().length, benches: results }, null, 2);
  mkdirSync(".cache", { recursive: true });
  writeFileSync(".cache/bench.json", `${report}\n`);
  console.log(values.json ? report : results.map(table).join("\n"));
  return results.some(({ error }) => error) ? 1 : 0;
}

process.chdir(ROOT);
process.exit(await main());
