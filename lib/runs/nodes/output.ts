import { pureRunner } from "./runner";
import { computeFields } from "./values";

/** Its fields become the run's result. */
export const outputRunner = pureRunner("output", (config, values) => ({
  output: computeFields(values, config.fields),
}));
