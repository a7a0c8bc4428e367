// `npm run test:faults -- --seed N --minutes M [--runs R] [--kills K]`: a campaign of random faults on a database of its own.
import { randomBytes, randomInt } from "node:crypto";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import pg from "pg";
import { migrateDatabase } from "@/db/migrate";
import { closeDatabase, openServer, setDatabase } from "@/db/pool";
import { runCampaign } from "@/lib/runs/faults/testing/campaign";
import { dropDatabase } from "@/lib/testing/prepared";

const USAGE = "Usage: npm run test:faults -- [--seed N] [--minutes M] [--runs R] [--kills K] [--workers W]";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    minutes: { type: "string", default: "2" },
    runs: { type: "string", default: "200" },
    kills: { type: "string", default: "20" },
    workers: { type: "string", default: "3" },
  },
});
const [seed, minutes, runs, kills, workers] = [
  values.seed,
  values.minutes,
  values.runs,
  values.kills,
  values.workers,
].map(Number) as [number, number, number, number, number];
const server = process.env.TEST_DATABASE_URL;
if (![seed, minutes, runs, kills, workers].every((value) => value > 0)) throw new Error(USAGE);
if (!server) throw new Error("Set TEST_DATABASE_URL to a PostgreSQL to test on.");

const name = `hb_faults_${randomBytes(8).toString("hex")}`;
const admin = new pg.Client({ connectionString: server });
await admin.connect();
await admin.query(`create database ${name}`);
const target = new URL(server);
target.pathname = `/${name}`;
let failed = true;
try {
  const opened = openServer(target.toString(), 10);
  setDatabase(opened);
  await migrateDatabase(opened);
  mkdirSync(".cache", { recursive: true });
  const history = `.cache/faults-${seed}.jsonl`;
  writeFileSync(history, "");
  console.log(`seed ${seed}: ${runs} runs, up to ${kills} kills in ${minutes} minutes, ${workers} workers`);
  const { broken, ...report } = await runCampaign({
    seed,
    runs,
    kills,
    mostMs: minutes * 60_000,
    workers,
    leaseMs: 2_000,
    note: (operation) => appendFileSync(history, `${JSON.stringify(operation)}\n`),
  });
  console.log(JSON.stringify(report, null, 2));
  for (const { rule, rows } of broken) console.log(`BROKEN: ${rule}\n${JSON.stringify(rows, null, 2)}`);
  console.log(broken.length === 0 ? "Nothing is wrong." : `${broken.length} rules are broken.`);
  console.log(
    `The history: ${history}. Again: npm run test:faults -- --seed ${seed} --minutes ${minutes} --runs ${runs} --kills ${kills} --workers ${workers}`,
  );
  failed = broken.length > 0;
} finally {
  await closeDatabase();
  await dropDatabase(admin, name);
  await admin.end();
}
process.exit(failed ? 1 : 0);
