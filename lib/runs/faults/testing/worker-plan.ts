import { z } from "zod";

const plannedFault = z.object({
  point: z.enum(["before_relay", "claimed", "before_effect", "after_effect", "after_commit"]),
  /** The node whose step meets it; empty for `before_relay`. */
  node: z.string(),
  /** Dies at once, is suspended, computes without a pause for `ms`, or takes memory until it is stopped. */
  does: z.enum(["kill", "stop", "block", "exhaust"]),
  ms: z.number().default(0),
});
export type PlannedFault = z.infer<typeof plannedFault>;

/** What a worker process is told when it starts. */
export const faultSettings = z.object({
  /** Whether it works on runs, or only does what it is told. */
  works: z.boolean().default(true),
  faults: z.array(plannedFault).default([]),
  /** Where processes note which faults have happened. */
  flagDir: z.string().default("."),
});
export type FaultSettings = z.input<typeof faultSettings>;

/** What a worker process is told while it runs. */
export type Command =
  | { readonly do: "stop" }
  | {
      readonly do: "start";
      readonly tenantId: string;
      readonly workflowId: string;
      readonly text: string;
      readonly idempotencyKey: string;
    };
