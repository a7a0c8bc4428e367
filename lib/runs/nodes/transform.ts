import { pureRunner } from "./runner";
import { computeFields } from "./values";

export const transformRunner = pureRunner("transform", (config, values) => ({
  output: computeFields(values, config.fields),
}));
