import { pureRunner } from "./runner";

/** Gives what the run was started with; it was checked against the fields then. */
export const inputRunner = pureRunner("input", (_config, values) => ({ output: values.runInput }));
