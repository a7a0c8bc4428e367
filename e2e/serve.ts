import { runNode } from "../scripts/child";
import { prepare } from "../scripts/serve/prepare-once";
import { plantLongRun } from "./long-run";

/** `npm start` on demo data that also has a run of thousands of steps. */
async function main(): Promise<number> {
  const isReady = (await prepare()) && (await plantLongRun(process.env.DATA_DIR ?? ""));
  return isReady ? runNode(["scripts/start.mjs"]) : 1;
}

process.exitCode = await main();
