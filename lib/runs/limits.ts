/** How much a tenant may have at once. */
export type RunLimits = {
  readonly maxRunning: number;
  /** Runs that wait for room; one more is refused. */
  readonly maxQueued: number;
  /** Null: as many as it likes. */
  readonly startsPerMinute: number | null;
};

/** Where neither the plan nor the subscription says anything. */
export const DEFAULT_LIMITS: RunLimits = { maxRunning: 25, maxQueued: 10_000, startsPerMinute: null };
