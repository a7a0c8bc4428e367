import { fieldError } from "@/lib/errors";

/** The longest a call that starts a run may wait for its end, and how long it does when it says no number. */
export const MAX_RUN_WAIT_SECONDS = 120;
const USUAL_RUN_WAIT_SECONDS = 30;

export const START_MODES = ["async", "sync", "stream"] as const;
export type StartMode = (typeof START_MODES)[number];

export type StartPlan = {
  readonly mode: StartMode;
  /** 0 unless the mode is `sync`. */
  readonly waitSeconds: number;
  /** The wait came from the header `Prefer`, which the answer confirms. */
  readonly isPreference: boolean;
};

/** The seconds in `Prefer: wait=30` (RFC 7240), at most the longest wait; null when it says none. */
function preferredWait(prefer: string | null): number | null {
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})/i.exec(prefer ?? "")?.[1];
  return seconds === undefined ? null : Math.min(Number(seconds), MAX_RUN_WAIT_SECONDS);
}

/**
 * How a call wants to be answered: by `mode`, and without one by whether it waits.
 * @throws AppError `invalid` when it waits in a mode that does not
 */
export function startPlan(
  query: { readonly mode?: StartMode | undefined; readonly wait?: number | undefined },
  prefer: string | null,
): StartPlan {
  const preferred = preferredWait(prefer);
  const asked = query.wait ?? preferred;
  const mode = query.mode ?? (asked ? "sync" : "async");
  if (mode === "sync") {
    const isPreference = query.wait === undefined && preferred !== null;
    return { mode, waitSeconds: asked ?? USUAL_RUN_WAIT_SECONDS, isPreference };
  }
  if (query.wait) throw fieldError("wait", `Waiting goes with mode=sync, not with mode=${mode}.`);
  return { mode, waitSeconds: 0, isPreference: false };
}
