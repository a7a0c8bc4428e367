import type { Outcome } from "@/lib/workflows/schedule";
import type { LastRead } from "./assumed-run";
import { type KnownModels, knownModels, ownLimits } from "./known-models";
import type { MadeStep } from "./node-values";
import type { StepReference } from "./settle-step";
import type { ModelLimits } from "./worst-case";

/** How a run stands for the one that drives it. */
export type Known = LastRead & {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Nodes to be asked for again, for another attempt or because somebody has them, and when, by this process's clock. */
  readonly waits: ReadonlyMap<string, number>;
  /** What nodes gave, as far as this drive has seen it and it is small. */
  readonly made: ReadonlyMap<string, MadeStep>;
  readonly models: KnownModels;
};

/** What a drive knows of a run's nodes at its start. @param read limits of models that were read with it */
export function unseen(
  outcomes: ReadonlyMap<string, Outcome>,
  read: readonly ModelLimits[] = [],
): Omit<Known, keyof LastRead> {
  return { outcomes, waits: new Map(), made: new Map(), models: knownModels(read) };
}

/** A turn may be taken again when its transaction is: what it learns is its own until it has committed. */
export function stateOf(known: Known) {
  const outcomes = new Map(known.outcomes);
  const waits = new Map(known.waits);
  return {
    outcomes,
    waits,
    made: new Map(known.made),
    models: ownLimits(known.models),
    note(nodeId: string, answer: StepReference, nowMs: number): void {
      outcomes.delete(nodeId);
      waits.delete(nodeId);
      if (answer.status === "retry") waits.set(nodeId, nowMs + answer.afterMs);
      else outcomes.set(nodeId, outcomeOf(answer));
    },
  };
}

function outcomeOf(answer: Exclude<StepReference, { status: "retry" }>): Outcome {
  if (answer.status === "completed") return answer;
  if (answer.status === "waiting") return { status: "running" };
  return { status: answer.status === "skipped" ? "skipped" : "failed" };
}
