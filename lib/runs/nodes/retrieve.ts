import { retrieve } from "@/lib/knowledge/retrieve";
import { numbered, passagesAsText, toCitations } from "../citations";
import { effectRunner } from "./runner";
import { render } from "./values";

const MAX_QUERY_CHARS = 4_000;

/** Finds passages. The embedding of the question is priced and billed by the search itself, under the step's key. */
export const retrieveRunner = effectRunner("retrieve", {
  prepare: (config, values) => ({
    query: render(values, "Question", config.query).slice(-MAX_QUERY_CHARS).trim(),
    topK: config.topK,
    documentIds: config.documentIds,
  }),
  run: async ({ query, topK, documentIds }, _config, context) => {
    const found = await retrieve(
      context.scope,
      { query, topK, ...(documentIds.length > 0 ? { documentIds } : {}) },
      { source: context.source, usageKey: context.stepKey, stepHoldKey: context.stepKey },
    );
    const passages = numbered(found);
    return {
      output: { text: passagesAsText(passages), passages, count: passages.length },
      detail: { citations: toCitations(passages) },
    };
  },
});
