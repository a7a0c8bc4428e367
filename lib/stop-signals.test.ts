import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";

const PROGRAM = `
  import { onStopSignal } from "./lib/stop-signals.ts";
  onStopSignal((signal) => {
    console.log("stopping after " + signal);
    process.stdin.once("data", () => process.exit(7));
  });
  process.stdin.resume();
  console.log("ready");
`;

/** A process that stops in order, but only once it is told that its work is done. */
async function start() {
  const args = ["--import", "tsx", "--input-type=module", "--eval", PROGRAM];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = async () => String((await once(child.stdout, "data"))[0]).trim();
  const ended = once(child, "exit");
  expect(await lines()).toBe("ready");
  return { child, lines, ended };
}

it("a second SIGTERM does not cut off the end that the first began", async () => {
  const { child, lines, ended } = await start();
  child.kill("SIGTERM");
  expect(await lines()).toBe("stopping after SIGTERM");
  for (let n = 0; n < 3; n += 1) child.kill("SIGTERM");
  child.stdin.write("done");
  expect(await ended).toEqual([7, null]);
});

it("a second Ctrl-C ends at once", async () => {
  const { child, lines, ended } = await start();
  child.kill("SIGINT");
  expect(await lines()).toBe("stopping after SIGINT");
  child.kill("SIGINT");
  expect(await ended).toEqual([null, "SIGINT"]);
});
