import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { ROOT } from "../child";
import { ensureBuild } from "../serve/build";
import type { Bench, Figure, Size } from "./bench";
import { bundleSize } from "./bundle-size";
import { calls } from "./calls";
import { onDatabases } from "./databases";
import { hostile } from "./hostile";
import { http } from "./http";
import { startTime } from "./start-time";

const BENCHES: readonly Bench[] = [
  onDatabases("runs"),
  onDatabases("engine"),
  onDatabases("ledger"),
  onDatabases("holds"),
  onDatabases("closing"),
  onDatabases("pricebook"),
  onDatabases("ingestion"),
  onDatabases("retrieval"),
  hostile,
  startTime,
  http,
  calls,
  bundleSize,
];

const USAGE = `Usage: npm run bench [-- [--json] [--quick] [--only <bench>[,<bench>]]]
Benches: ${BENCHES.map(({ name }) => name).join(", ")}. Those of verbs, and calls, also run on TEST_DATABASE_URL when it is set.
--quick: fewer rounds, and the embedded database only.`;

type Result = { name: string; seconds: number; figures: Figure[]; error?: string };

/** Runs one bench. One that fails says so and lets the others run: a bench never fails on a number. */
async function measure(bench: Bench, size: Size): Promise<Result> {
  console.error(`measuring ${bench.name} ...`);
  const start = performance.now();
  const seconds = () => Math.round((performance.now() - start) / 100) / 10;
  try {
    const figures = await bench.run(size);
    return { name: bench.name, seconds: seconds(), figures };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { name: bench.name, seconds: seconds(), figures: [], error: message };
  }
}

function table({ name, seconds, figures, error }: Result): string {
  const width = Math.max(0, ...figures.map((one) => one.name.length));
  const lines = figures.map(
    (one) =>
      `  ${one.name.padEnd(width)} ${digits(one.value).padStart(9)} ${one.unit.padEnd(10)} = ${one.ratio.toFixed(2).padStart(6)} x  ${one.floor.name} (${digits(one.floor.value)})`,
  );
  return [`${name} (${seconds} s)`, ...lines, ...(error ? [`  failed: ${error}`] : []), ""].join("\n");
}

function digits(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function chosen(only: string | undefined): readonly Bench[] | null {
  if (only === undefined) return BENCHES;
  const names = only.split(",");
  const isKnown = names.every((name) => BENCHES.some((bench) => bench.name === name));
  return isKnown ? BENCHES.filter(({ name }) => names.includes(name)) : null;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const benches = values.help ? null : chosen(values.only);
  if (!benches) {
    console.error(USAGE);
    return 2;
  }
  if (benches.some(({ needsBuild }) => needsBuild) && !(await ensureBuild("stderr"))) return 1;
  // Other work on the machine makes every figure worse, and the ratios less so.
  const machine = { node: process.version, cpus: cpus().length, load: loadavg()[0]?.toFixed(1) };
  const results: Result[] = [];
  for (const bench of benches) results.push(await measure(bench, { isQuick: values.quick }));
  const report = JSON.stringify({ ...machine, isQuick: values.quick, benches: results }, null, 2);
  mkdirSync(".cache", { recursive: true });
  writeFileSync(".cache/bench.json", `${report}\n`);
  const title = `Node ${machine.node}, ${machine.cpus} processors, load ${machine.load} at the start\n`;
  console.log(values.json ? report : [title, ...results.map(table)].join("\n"));
  return results.some(({ error }) => error) ? 1 : 0;
}

process.chdir(ROOT);
process.exit(await main());
