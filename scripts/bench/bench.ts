/** One measured number beside the floor it is compared with, both in `unit`. */
export type Figure = {
  name: string;
  value: number;
  unit: "ms" | "kB" | "per second";
  /** What nobody could go below (or above, for a rate) on this machine in this run. */
  floor: { name: string; value: number };
  /** `value` over the floor's value. */
  ratio: number;
};

/** How much a bench may do: a quick one has fewer rounds and so noisier figures. */
export type Size = { isQuick: boolean };

/** A measurement. `run` sets up what it needs and takes it down. `needsBuild`: it measures the production build. */
export type Bench = { name: string; needsBuild: boolean; run: (size: Size) => Promise<Figure[]> };

/** A figure with its ratio, rounded to what a reader can use. */
export function figure(name: string, value: number, unit: Figure["unit"], floor: Figure["floor"]): Figure {
  const round = (number: number) => Number(number.toPrecision(4));
  return {
    name,
    value: round(value),
    unit,
    floor: { name: floor.name, value: round(floor.value) },
    ratio: round(value / floor.value),
  };
}

/** The value below which the share `p` (0 to 1) of the samples lies: nearest rank. NaN without samples. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** Milliseconds that the work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

type Rounds = { rounds: number; warmUp: number; maxMs: number };
/** Measures once and gives the milliseconds. */
type Measure = () => Promise<number>;

const LEAST_ROUNDS = 3;

/**
 * Measures subject and floor in turns, so that what else the machine does meanwhile hits both. Ends after `rounds`, or
 * after `maxMs` with what there is by then (at least three rounds).
 */
export async function inTurns(
  { rounds, warmUp, maxMs }: Rounds,
  sides: { subject: Measure; floor: Measure },
): Promise<{ subject: number[]; floor: number[] }> {
  const samples = { subject: [] as number[], floor: [] as number[] };
  const end = performance.now() + maxMs;
  for (let round = -warmUp; round < rounds; round += 1) {
    if (samples.floor.length >= LEAST_ROUNDS && performance.now() > end) break;
    const order = round % 2 === 0 ? (["floor", "subject"] as const) : (["subject", "floor"] as const);
    for (const side of order) {
      const sample = await sides[side]();
      if (round >= 0) samples[side].push(sample);
    }
  }
  return samples;
}
