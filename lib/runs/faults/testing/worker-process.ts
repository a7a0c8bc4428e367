import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { startProgram } from "@/lib/testing/program";
import type { Command, FaultSettings } from "./worker-plan";

type StartAnswer = { readonly executionId?: string; readonly error?: string };

export type WorkerProcess = {
  readonly child: ChildProcess;
  readonly works: boolean;
  /** It works on runs. */
  readonly ready: Promise<void>;
  /** The signal or exit code that ended it. */
  readonly ended: Promise<NodeJS.Signals | number | null>;
  isAlive(): boolean;
  signal(name: NodeJS.Signals): void;
  /** Starts a run in it. */
  start(command: Omit<Extract<Command, { do: "start" }>, "do">): Promise<StartAnswer>;
  /** Lets it finish what it does. */
  stop(): Promise<void>;
};

export type WorkerOptions = FaultSettings & {
  readonly databaseUrl: string;
  readonly leaseMs?: number;
  /** Hosts its nodes may reach. */
  readonly allow?: string;
  readonly heapMb?: number;
  /** The keys that open what is sealed, as HB_KEYS takes them. Default: those of this process. */
  readonly sealingKeys?: string;
};

/** Starts a worker process on a database server. */
export async function startWorker(options: WorkerOptions): Promise<WorkerProcess> {
  const { databaseUrl, leaseMs = 1_500, allow = "", heapMb, sealingKeys, ...settings } = options;
  const child = await startProgram("lib/runs/faults/testing/worker-main.ts", [], {
    nodeArgs: heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`],
    // What a process that runs out of memory says about it is no news.
    stdio: ["ignore", "ignore", heapMb === undefined ? "inherit" : "ignore", "ipc"],
    env: {
      NODE_ENV: "test",
      LOG_LEVEL: process.env.FAULT_LOG ?? "silent",
      DATABASE_URL: databaseUrl,
      DATABASE_POOL: "8",
      LEASE_MS: String(leaseMs),
      OUTBOUND_ALLOW: allow,
      ...(sealingKeys === undefined ? {} : { HB_KEYS: sealingKeys }),
      FAULT_SETTINGS: JSON.stringify(settings),
    },
  });
  const answers = new Map<string, (answer: StartAnswer) => void>();
  const { promise: works, resolve: nowWorks } = Promise.withResolvers<void>();
  child.on("message", (message: { ready?: true; started?: StartAnswer; idempotencyKey?: string }) => {
    if (message.ready) nowWorks();
    else if (message.started) answers.get(message.idempotencyKey ?? "")?.(message.started);
  });
  const ended = once(child, "exit").then(([code, signal]) => signal ?? code);
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  const orEnd = <T>(promise: Promise<T>): Promise<T> =>
    Promise.race([promise, ended.then((how) => Promise.reject(new Error(`the worker ended: ${how}`)))]);
  const ready = orEnd(works);
  ready.catch(() => undefined);
  return {
    child,
    works: settings.works !== false,
    ready,
    ended,
    isAlive,
    signal: (name) => void child.kill(name),
    start: (command) => {
      const { promise, resolve } = Promise.withResolvers<StartAnswer>();
      answers.set(command.idempotencyKey, resolve);
      // A process that has just died takes no message: how it ended is the answer.
      child.send({ do: "start", ...command } satisfies Command, () => undefined);
      return orEnd(promise);
    },
    stop: async () => {
      if (!isAlive()) return;
      child.send({ do: "stop" } satisfies Command);
      await ended;
    },
  };
}
