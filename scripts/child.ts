import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The project's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Starts a Node program of the project (`node_modules/...` or a script) with this very Node; it ends when we do. */
export function startNode(args: string[], options: SpawnOptions = {}): ChildProcess {
  return spawn(process.execPath, ["--import", "./scripts/follow-parent.mjs", ...args], {
    cwd: ROOT,
    stdio: "inherit",
    ...options,
  });
}

/** Runs a Node program to its end and gives its exit code. Our own signals are passed on. */
export async function runNode(args: string[], options: SpawnOptions = {}): Promise<number> {
  const child = startNode(args, options);
  const release = passSignals(child);
  const code = await exitCode(child);
  release();
  if (child.signalCode)
    console.error(`${args.find((arg) => !arg.startsWith("-"))} was ended by ${child.signalCode}.`);
  return code;
}

/** How a child ended, as a shell tells it: 128 and the number of the signal when one ended it. */
export async function exitCode(child: ChildProcess): Promise<number> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  if (child.signalCode) return 128 + constants.signals[child.signalCode];
  return child.exitCode ?? 1;
}

/** Passes the signals that end a program on to a child, until the returned function is called. */
export function passSignals(child: ChildProcess): () => void {
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  const forward = (signal: NodeJS.Signals) => {
    // A terminal has sent Ctrl-C to the whole group already.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}

/** A TCP port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port could be found");
  return address.port;
}

/** True when this process could listen on the port. */
export async function isPortFree(port: number, host?: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    server.close();
    await once(server, "close");
    return true;
  } catch {
    return false;
  }
}

/** Waits until the URL answers with a success. False when `timeoutMs` passed, or `gaveUp` says that it never will. */
export async function isReady(
  url: string,
  timeoutMs: number,
  gaveUp: () => boolean,
  everyMs = 50,
): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end && !gaveUp()) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return true;
    await sleep(everyMs);
  }
  return false;
}
