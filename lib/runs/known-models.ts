import "server-only";
import { apartFromTransaction } from "@/db/access";
import type { ModelRef } from "@/lib/ai/model-ref";
import { resolveModel } from "@/lib/models/queries";
import type { ModelLimits } from "./worst-case";

/** What leads to a model, and since when it is looked up, by this process's clock. */
type Reach = { readonly ref: Promise<ModelRef>; readonly sinceMs: number };

/** What a drive knows of the models its run asks. */
export type KnownModels = {
  /** Their limits as they were read last; what is read is added. */
  readonly limits: Map<string, ModelLimits>;
  readonly reached: Map<string, Reach>;
};

/** So long what leads to a model is taken to be so still: steps that follow each other closely look it up once. */
const REACHED_MS = 1_000;

export function knownModels(read: readonly ModelLimits[] = []): KnownModels {
  return { limits: new Map(read.map((limit) => [limit.modelKey, limit])), reached: new Map() };
}

/** A transaction that is dropped takes the limits it has read with it; what leads to a model was read by none. */
export function ownLimits({ limits, reached }: KnownModels): KnownModels {
  return { limits: new Map(limits), reached };
}

/**
 * What leads to a model, looked up beside the transaction that claims its step. Why it cannot be reached is told where it is
 * asked.
 * @param isAssumed whether the claim comes to nothing where the model is not as its limits were read last: only then does a
 * look from before hold, for a model that was switched off since is neither paid for nor asked
 */
export function reach(
  { reached }: KnownModels,
  modelKey: string,
  { isAssumed }: { readonly isAssumed: boolean },
): Promise<ModelRef> {
  const nowMs = performance.now();
  const last = isAssumed ? reached.get(modelKey) : undefined;
  if (last && nowMs - last.sinceMs < REACHED_MS) return last.ref;
  const ref = apartFromTransaction(() => resolveModel(modelKey));
  const own = { ref, sinceMs: nowMs };
  reached.set(modelKey, own);
  ref.catch(() => {
    if (reached.get(modelKey) === own) reached.delete(modelKey);
  });
  return ref;
}
