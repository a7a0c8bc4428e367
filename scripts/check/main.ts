import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { ROOT } from "../child";
import { STAGES, type Stage } from "./stages";
import { type Row, summary } from "./summary";

const USAGE = `Usage: npm test [-- [--fast] [--only <stage>[,<stage>]] [filter ...]]
Stages: ${STAGES.map((stage) => stage.name).join(", ")}. A filter goes to the tool of the stages chosen with --only.`;

function chosen(fast: boolean, only: string | undefined): readonly Stage[] | null {
  if (only === undefined) return STAGES.filter((stage) => !fast || stage.isFast);
  const names = only.split(",");
  if (!names.every((name) => STAGES.some((stage) => stage.name === name))) return null;
  // A stage brings the one it stands on: journeys on an old build prove nothing.
  return STAGES.filter(
    ({ name }) => names.includes(name) || STAGES.some((s) => names.includes(s.name) && s.needs === name),
  );
}

async function runStage(stage: Stage, filters: string[], before: readonly Row[]): Promise<Row> {
  const base = { name: stage.name, seconds: 0, tests: null, failures: [] };
  const reason = stage.skipReason?.() ?? null;
  if (reason) return { ...base, result: "skip", note: reason };
  if (before.some((row) => row.name === stage.needs && row.result === "FAIL")) {
    return { ...base, result: "FAIL", note: `not run, because ${stage.needs} failed` };
  }
  console.log(`\n── ${stage.name} ${"─".repeat(60 - stage.name.length)}`);
  const start = performance.now();
  const { isPassed, ...told } = await stage.run(
    stage.name === "build" || stage.name === "types" ? [] : filters,
  );
  const seconds = (performance.now() - start) / 1000;
  return { name: stage.name, seconds, ...told, result: isPassed ? "pass" : "FAIL", note: "" };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      fast: { type: "boolean", default: false },
      only: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const stages = values.help ? null : chosen(values.fast, values.only);
  if (!stages || (positionals.length > 0 && values.only === undefined)) {
    console.error(USAGE);
    return 2;
  }
  mkdirSync(".cache", { recursive: true });
  const rows: Row[] = [];
  for (const stage of stages) {
    const filters = values.fast ? (stage.fastFilters ?? []) : positionals;
    rows.push(await runStage(stage, filters, rows));
  }
  const { text, failed } = summary(rows);
  console.log(text);
  return failed > 0 ? 1 : 0;
}

process.chdir(ROOT);
process.exitCode = await main();
