import { pureRunner } from "./runner";

/** Joins the live branches: every output by node, or the first in the order of the edges. */
export const mergeRunner = pureRunner("merge", (config, values) => {
  const [first] = values.liveSources;
  if (config.mode === "first")
    return { output: { nodeId: first?.nodeId ?? null, value: first?.output ?? null } };
  return {
    output: {
      values: Object.fromEntries(values.liveSources.map((source) => [source.nodeId, source.output])),
    },
  };
});
