import type { KindName, SuspendingKind } from "@/lib/workflows/nodes";
import { agentRunner } from "./agent";
import { classifyRunner } from "./classify";
import { conditionRunner } from "./condition";
import { httpRunner } from "./http";
import { inputRunner } from "./input";
import { llmRunner } from "./llm";
import { mergeRunner } from "./merge";
import { outputRunner } from "./output";
import { retrieveRunner } from "./retrieve";
import type { Runner } from "./runner";
import { switchRunner } from "./switch";
import { transformRunner } from "./transform";

/** Kinds that end in one attempt. Notes never run. */
type RunningKind = Exclude<KindName, SuspendingKind | "note">;

/** How each kind of node runs. A kind that is not here does not compile. */
const RUNNERS: Readonly<Record<RunningKind, Runner>> = {
  input: inputRunner,
  output: outputRunner,
  agent: agentRunner,
  llm: llmRunner,
  retrieve: retrieveRunner,
  classify: classifyRunner,
  condition: conditionRunner,
  switch: switchRunner,
  transform: transformRunner,
  http: httpRunner,
  merge: mergeRunner,
};

/** How a kind runs; null for a kind that waits for something outside of it, and for one that never runs. */
export function findRunner(kind: string): Runner | null {
  return Object.hasOwn(RUNNERS, kind) ? RUNNERS[kind as RunningKind] : null;
}
