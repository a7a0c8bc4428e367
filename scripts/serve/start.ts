import { exitCode, freePort, isPortFree, passSignals, ROOT, startNode } from "../child";
import { addressOf } from "./address";
import { awaitReady } from "./await-ready";
import { ensureBuild } from "./build";
import { type Prepared, prepare, tell } from "./prepare-once";
import { settingsProblem } from "./settings";

/**
 * How long a connection that is not used stays open. Longer than proxies and clients keep theirs, which is a minute mostly:
 * who closes first must be the one that sends, or a request meets a connection that is just being closed and is lost.
 */
const KEEP_ALIVE_MS = 75_000;
/** After so many it is told what is missing. */
const SECONDS = 60;
const LATE_EVERY_MS = 5_000;

/** Builds and prepares what is not there yet, serves the app, and ends when the server ends. */
async function main(): Promise<number> {
  const problem = settingsProblem(process.env);
  if (problem) return stop(problem);
  const host = process.env.HOST || undefined;
  const port = Number(process.env.PORT || 3000) || (await freePort());
  if (!(await isPortFree(port, host))) {
    return stop(
      `port ${port} is in use: stop what uses it, or choose another one (PORT=${port + 1} npm start)`,
    );
  }
  if (!(await ensureBuild())) return stop("the build failed: its message is above");
  const prepared = await prepare();
  if (!prepared) return stop("the database could not be prepared: the reason is above");
  return serve(port, host, prepared);
}

async function serve(port: number, host: string | undefined, prepared: Prepared): Promise<number> {
  const address = ["-p", String(port), ...(host ? ["-H", host] : [])];
  const options = [...address, "--keepAliveTimeout", String(KEEP_ALIVE_MS)];
  const server = startNode(["node_modules/next/dist/bin/next", "start", ...options], {
    // The app ends itself on SIGTERM, after the steps under way (instrumentation-node.ts).
    env: { ...process.env, NODE_ENV: "production", PORT: String(port), NEXT_MANUAL_SIG_HANDLE: "true" },
  });
  passSignals(server);
  const hasEnded = () => server.exitCode !== null || server.signalCode !== null;
  const url = addressOf(host, port);
  const health = `${url}/api/health/ready`;
  const tellLate = (missing: string) =>
    console.error(
      `Not ready after ${SECONDS} seconds: ${missing}. What does not need it is served; the reason is in the log, see also ${health}`,
    );
  const patience = { patienceMs: SECONDS * 1000, everyMs: LATE_EVERY_MS, hasEnded, tellLate };
  if (await awaitReady(health, patience)) {
    tell(prepared, url);
  } else if (!hasEnded()) {
    console.error(`The server did not answer within ${SECONDS} seconds; see ${health}`);
    server.kill("SIGTERM");
  }
  return exitCode(server);
}

function stop(sentence: string): number {
  console.error(`Cannot start: ${sentence}.`);
  return 1;
}

process.chdir(ROOT);
process.exitCode = await main();
