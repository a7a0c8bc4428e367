import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { ROOT } from "../child";
import { type Outcome, STAGES, type Stage } from "./stages";

type Row = {
  name: string;
  result: "pass" | "FAIL" | "skip";
  seconds: number;
  outcome: Outcome | null;
  note: string;
};

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
  const base = { name: stage.name, seconds: 0, outcome: null };
  const reason = stage.skipReason?.() ?? null;
  if (reason) return { ...base, result: "skip", note: reason };
  if (before.some((row) => row.name === stage.needs && row.result === "FAIL")) {
    return { ...base, result: "FAIL", note: `not run, because ${stage.needs} failed` };
  }
  console.log(`\n── ${stage.name} ${"─".repeat(60 - stage.name.length)}`);
  const start = performance.now();
  const outcome = await stage.run(stage.name === "build" || stage.name === "types" ? [] : filters);
  const seconds = (performance.now() - start) / 1000;
  return { name: stage.name, seconds, outcome, result: outcome.isPassed ? "pass" : "FAIL", note: "" };
}

/** The last thing printed: one line a stage, then all that passed and failed, stages included. */
function summary(rows: readonly Row[]): { text: string; failed: number } {
  let passed = 0;
  let failed = 0;
  const lines = rows.map(({ name, result, seconds, outcome, note }) => {
    const tests = outcome?.tests ?? { passed: 0, failed: 0 };
    passed += tests.passed + (result === "pass" ? 1 : 0);
    failed += tests.failed + (result === "FAIL" ? 1 : 0);
    const counted = tests.passed + tests.failed > 0 ? `${tests.passed} passed, ${tests.failed} failed` : note;
    return `${name.padEnd(10)}${result.padEnd(6)}${seconds.toFixed(1).padStart(7)} s  ${counted}`.trimEnd();
  });
  return { text: ["", ...lines, "", `${passed} passed, ${failed} failed`].join("\n"), failed };
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
  for (const stage of stages) rows.push(await runStage(stage, positionals, rows));
  const { text, failed } = summary(rows);
  console.log(text);
  return failed > 0 ? 1 : 0;
}

process.chdir(ROOT);
process.exitCode = await main();
