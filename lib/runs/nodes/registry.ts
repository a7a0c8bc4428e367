import type { KindName } from "@/lib/workflows/nodes";
import { agentRunner } from "./agent";
import { conditionRunner } from "./condition";
import { httpRunner } from "./http";
import { inputRunner } from "./input";
import { llmRunner } from "./llm";
import { mergeRunner } from "./merge";
import { outputRunner } from "./output";
import { retrieveRunner } from "./retrieve";
import type { Runner } from "./runner";
import { transformRunner } from "./transform";

/** How each kind of node runs. A kind that is not here does not compile. */
export const RUNNERS: Readonly<Record<KindName, Runner>> = {
  input: inputRunner,
  output: outputRunner,
  agent: agentRunner,
  llm: llmRunner,
  retrieve: retrieveRunner,
  condition: conditionRunner,
  transform: transformRunner,
  http: httpRunner,
  merge: mergeRunner,
};
