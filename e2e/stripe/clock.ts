type Job = { at: number; order: number; run: () => void };

/** The time of the double. It runs like the machine's until it is moved; what was planned happens on the way. */
export class Clock {
  private offsetMs = 0;
  private planned: Job[] = [];
  private count = 0;

  nowMs(): number {
    return Date.now() + this.offsetMs;
  }

  /** Unix seconds, as the API writes times. */
  now(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  /** Does something once so many seconds have passed. */
  after(seconds: number, run: () => void): void {
    this.planned.push({ at: this.nowMs() + seconds * 1000, order: this.count++, run });
    this.planned.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  /** Moves the time on; what was planned for the time between is done at its own time, in order. */
  advance(seconds: number): void {
    const target = this.nowMs() + seconds * 1000;
    for (let job = this.planned[0]; job && job.at <= target; job = this.planned[0]) {
      this.offsetMs += Math.max(0, job.at - this.nowMs());
      this.takeDue();
    }
    this.offsetMs += Math.max(0, target - this.nowMs());
  }

  /** Does what is due now. */
  takeDue(): void {
    for (let job = this.planned[0]; job && job.at <= this.nowMs(); job = this.planned[0]) {
      this.planned.shift();
      job.run();
    }
  }
}
