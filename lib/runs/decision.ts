import { z } from "zod";

/** What made a node choose its way, for the trace: a sentence, and the expression that was decisive, if one was. */
export const decision = z.object({ by: z.string(), expression: z.string().optional() });
export type Decision = z.output<typeof decision>;
