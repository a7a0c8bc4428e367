import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "./chance";
import { proxyTo, throughProxy } from "./tcp-proxy";
import { startWorker, type WorkerProcess } from "./worker-process";

/** What is done to a worker. */
export const MISCHIEFS = ["kill", "pause", "cut", "freeze"] as const;
export type Mischief = (typeof MISCHIEFS)[number];

/** A place for a worker process behind a network of its own: whoever dies there is replaced. */
export type Slot = {
  readonly worker: WorkerProcess;
  harm(mischief: Mischief, chance: Chance): Promise<void>;
  /** Nothing disturbs it any more, and a worker is at work. */
  heal(): Promise<void>;
  close(): Promise<void>;
};

export async function openSlot(databaseUrl: string, allow: string, leaseMs: number): Promise<Slot> {
  const proxy = await proxyTo(databaseUrl);
  const start = () => startWorker({ databaseUrl: throughProxy(databaseUrl, proxy), allow, leaseMs });
  let worker = await start();
  await worker.ready;
  const replaced = async () => {
    if (worker.isAlive()) return;
    worker = await start();
    await worker.ready;
  };
  return {
    get worker() {
      return worker;
    },
    harm: async (mischief, chance) => {
      if (mischief === "kill") {
        worker.signal("SIGKILL");
        await worker.ended;
        await replaced();
      } else if (mischief === "pause") {
        worker.signal("SIGSTOP");
        await sleep(leaseMs * (0.5 + chance.next()));
        worker.signal("SIGCONT");
      } else if (mischief === "cut") {
        proxy.cutAll();
      } else {
        proxy.answers("hold");
        await sleep(leaseMs * (0.5 + chance.next()));
        proxy.answers("pass");
      }
    },
    heal: async () => {
      proxy.answers("pass");
      worker.signal("SIGCONT");
      await replaced();
    },
    close: async () => {
      worker.signal("SIGKILL");
      await worker.ended;
      await proxy.close();
    },
  };
}
