// `npm run worker`: works on runs beside any number of web processes on one PostgreSQL, and serves nothing.
import { settingsProblem } from "./settings";

/** Loaded once the settings are known to be good: much of it reads them as it is loaded. */
async function start(): Promise<string | null> {
  const { work } = await import("./work");
  return work();
}

const wrong = settingsProblem(process.env, process.env.NODE_ENV);
const problem = wrong === null ? await start() : `${wrong}.`;
if (problem !== null) {
  console.error(`Cannot start a worker: ${problem}`);
  process.exit(1);
}
