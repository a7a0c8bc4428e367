/** One measured number beside the floor it is compared with, both in `unit`. */
export type Figure = {
  name: string;
  value: number;
  unit: "ms" | "kB" | "per second" | "us";
  /** What nobody could go below (or above, for a rate) on this machine in this run. */
  floor: { name: string; value: number };
  /** `value` over the floor's value. */
  ratio: number;
};

/** A measurement. `run` sets up what it needs and takes it down. */
export type Bench = { name: string; run: () => Promise<{ figures: Figure[] }> };

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

/** Milliseconds that each of `count` calls took, one after the other, after `warmUp` calls that do not count. */
export async function timings(
  count: number,
  warmUp: number,
  work: () => Promise<unknown>,
): Promise<number[]> {
  for (let n = 0; n < warmUp; n += 1) await work();
  const samples: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const start = performance.now();
    await work();
    samples.push(performance.now() - start);
  }
  return samples;
}
