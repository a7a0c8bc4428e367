import "server-only";
import { env } from "@/lib/env";
import { newId } from "@/lib/ids";

/** Who works on a step, and whether anybody else could be. */
export type Worker = {
  readonly id: string;
  /** The only process on its database: a lease of another worker is one of a dead process. */
  readonly isAlone: boolean;
};

/** `before_relay`: a run is written and the engine not yet told; the others are those of a step. */
export type FaultPoint = "before_relay" | "claimed" | "before_effect" | "after_effect" | "after_commit";

/** Points at which a test may end the process. Nothing in the product passes or sets any. */
export type Faults = {
  at(point: FaultPoint, nodeId: string): Promise<void> | void;
};

const holder = globalThis as { hirebuddhaWorkerId?: string; hirebuddhaFaults?: Faults | undefined };

/** Sets the faults of every step of this process, or takes them back, for crash tests that go through the engine. */
export function setFaults(faults: Faults | undefined): void {
  holder.hirebuddhaFaults = faults;
}

export function standingFaults(): Faults | undefined {
  return holder.hirebuddhaFaults;
}

/** The worker of this process. */
export function thisWorker(): Worker {
  holder.hirebuddhaWorkerId ??= newId();
  return { id: holder.hirebuddhaWorkerId, isAlone: env().isEmbeddedDatabase };
}
