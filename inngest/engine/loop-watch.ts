import { performance } from "node:perf_hooks";
import type { EngineLog } from "./port";

const TICK_MS = 250;
/** What answers nobody for so long is worth a word. A third of the shortest lease people set is well above. */
export const BLOCKED_MS = 1_000;

/** How the thread of a process did since it was last asked. */
export interface LoopFigures {
  /** Share of the time in which it computed, from 0 to 1. */
  busy: number;
  /** The longest it computed without a pause; a process that was suspended looks the same. */
  longestMs: number;
}

/**
 * Watches the thread that runs everything of this process: while it computes without a pause, no request is answered, no
 * lease renewed and no time limit kept. Long pauses are logged as they end.
 */
export class LoopWatch {
  private readonly timer: NodeJS.Timeout;
  private tickedAt = performance.now();
  private used = performance.eventLoopUtilization();
  private longestMs = 0;

  constructor(log: EngineLog) {
    this.timer = setInterval(() => {
      const now = performance.now();
      const lateMs = now - this.tickedAt - TICK_MS;
      this.tickedAt = now;
      this.longestMs = Math.max(this.longestMs, lateMs);
      if (lateMs < BLOCKED_MS) return;
      log.warn({ blockedMs: Math.round(lateMs) }, "the process stood still: it computed without a pause");
    }, TICK_MS).unref();
  }

  /** The figures since the last call. */
  take(): LoopFigures {
    const used = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(used, this.used);
    const figures = { busy: utilization, longestMs: Math.max(0, this.longestMs) };
    this.used = used;
    this.longestMs = 0;
    return figures;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
