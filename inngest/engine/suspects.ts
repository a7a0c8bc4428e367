import type { Job } from "./claim";

/** A job that was handed out more often without an answer may be what kills its process. */
const TRUSTED_DELIVERIES = 3;
/** After this a job that was given back is due again. */
export const SUSPECT_WAIT_MS = 1_000;

/**
 * What a process works on when it is killed is lost with it, and counted against it. Of jobs that it has happened to again
 * and again a process takes one at a time: the one that kills is found out by itself, and the others are not given up with it.
 */
export class Suspects {
  private current: Job | null = null;

  /** Whether the job may be worked on now; `end` is to follow then. */
  begin(job: Job): boolean {
    const isSuspect = job.deliveries > TRUSTED_DELIVERIES && (job.kind === "discover" || job.kind === "step");
    if (!isSuspect) return true;
    if (this.current) return false;
    this.current = job;
    return true;
  }

  end(job: Job): void {
    if (this.current === job) this.current = null;
  }
}
