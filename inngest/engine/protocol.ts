import { z } from "zod";

/** The server Inngest expects: these names and shapes are the SDK's (version 4), not ours. */
export const INTERNAL_EVENTS = {
  invoked: "inngest/function.invoked",
  finished: "inngest/function.finished",
  failed: "inngest/function.failed",
  cancelled: "inngest/function.cancelled",
  cron: "inngest/scheduled.timer",
} as const;

/** Limits of the real server, so that what runs here runs there. */
export const LIMITS = {
  eventBytes: 3_000_000,
  eventsPerSend: 5_000,
  stepOutputBytes: 4_000_000,
  stepsPerRun: 1_000,
} as const;

export const eventInput = z.object({
  id: z.string().min(1).max(255).nullish(),
  name: z.string().min(1).max(255),
  data: z.record(z.string(), z.unknown()).nullish(),
  ts: z.number().nullish(),
  v: z.string().nullish(),
  user: z.unknown().optional(),
  meta: z.unknown().optional(),
});

/** An event as functions see it. */
export interface InngestEvent {
  id: string;
  name: string;
  data: Record<string, unknown>;
  ts: number;
  v?: string | null;
  user?: unknown;
  meta?: unknown;
}

/** An error as it travels: what a step's `catch` and `onFailure` rebuild theirs from. */
export interface WireError {
  name: string;
  message: string;
  stack?: string;
  [field: string]: unknown;
}

export const wireError = z
  .looseObject({
    name: z.string().catch("Error"),
    message: z.string().optional().catch(undefined),
    error: z.string().optional().catch(undefined),
    stack: z.string().optional().catch(undefined),
  })
  .catch({ name: "Error" })
  .transform(
    ({ error, ...rest }): WireError => ({ ...rest, message: rest.message ?? error ?? "Unknown error" }),
  );

export const operation = z.object({
  op: z.string(),
  id: z.string(),
  name: z.string().nullish(),
  displayName: z.string().nullish(),
  data: z.unknown().optional(),
  error: z.unknown().optional(),
  opts: z.record(z.string(), z.unknown()).nullish(),
});
export type Operation = z.infer<typeof operation>;

export const checkpointInput = z.object({ run_id: z.string(), qi_id: z.string(), steps: z.array(operation) });

/** One function as the handler's in-band sync describes it; the rest of the object is not for us. */
export const functionConfig = z.object({
  id: z.string(),
  triggers: z.array(
    z.object({
      event: z.string().optional(),
      expression: z.string().nullish(),
      cron: z.string().optional(),
    }),
  ),
  steps: z.object({
    step: z.object({ retries: z.object({ attempts: z.number().optional() }).nullish() }),
  }),
  idempotency: z.string().nullish(),
  concurrency: z.unknown().optional(),
  cancel: z
    .array(z.object({ event: z.string(), if: z.string().nullish(), timeout: z.string().nullish() }))
    .nullish(),
  timeouts: z.object({ start: z.unknown().optional(), finish: z.string().optional() }).nullish(),
  batchEvents: z.unknown().optional(),
  debounce: z.unknown().optional(),
  priority: z.unknown().optional(),
  rateLimit: z.unknown().optional(),
  singleton: z.unknown().optional(),
  throttle: z.unknown().optional(),
});
export type FunctionConfig = z.infer<typeof functionConfig>;

/** The body of a call: `steps` holds every settled step's state by the step's hashed id. */
export interface CallBody {
  version: number;
  event: InngestEvent;
  events: InngestEvent[];
  steps: Record<string, unknown>;
  use_api: false;
  ctx: {
    fn_id: string;
    run_id: string;
    step_id: string;
    env: string;
    attempt: number;
    max_attempts: number;
    disable_immediate_execution: boolean;
    qi_id: string;
    use_api: false;
    stack: { stack: string[]; current: number };
  };
}

/** What a call came back with. `unreachable` is the transport's fault and uses up no attempt. */
export type Answer =
  | { kind: "completed"; version: number; output: unknown }
  | { kind: "operations"; version: number; operations: Operation[]; retryAfterMs: number | null }
  | { kind: "failed"; error: WireError; mayRetry: boolean; retryAfterMs: number | null }
  | { kind: "unreachable"; reason: string };
