import { formatMicros } from "@/lib/money";
import type { RunCostRange } from "./cost-range";
import type { AssumedList } from "./graph-cost";

type Based = Pick<RunCostRange, "runs" | "sameRuns" | "lists">;

/** From so many runs on, a tenth of them is at least one. */
const RUNS_WITH_TENTHS = 10;

function runsOf(runs: number): string {
  return runs === 1 ? "the one run" : `the last ${runs} runs`;
}

function listOf({ node, items: { low, likely, high }, isDeclared, perItem }: AssumedList): string {
  const range = low === high ? "" : ` (${low} to ${high})`;
  const count = `${likely} ${likely === 1 ? "item" : "items"}${range}`;
  const words = isDeclared
    ? `“${node}” usually has ${count}, as it says`
    : `“${node}” is taken to have ${count}`;
  return `${words}: each one more costs about ${formatMicros(perItem)}.`;
}

/**
 * What an estimate is based on and takes for granted, for a person: whole sentences.
 * @returns the basis, and a sentence for each list whose length is not known
 */
export function costWords({ runs, sameRuns, lists }: Based): { basis: string; assumed: string[] } {
  const assumed = lists.map(listOf);
  if (runs === 0)
    return {
      basis:
        "Guessed from its steps and today’s prices, as nothing like it has run yet. Attempts after a failure come on top.",
      assumed,
    };
  const spread =
    runs >= RUNS_WITH_TENTHS ? "one in ten cost less, one in ten more" : "from the cheapest to the dearest";
  if (lists.length === 0 && sameRuns === runs && runs >= 5)
    return { basis: `As ${runsOf(runs)} of this version, at today’s prices: ${spread}.`, assumed };
  const which =
    sameRuns === runs ? "of this version" : sameRuns === 0 ? "of earlier versions" : "of any version";
  return {
    basis: `As ${runsOf(runs)} ${which}, at today’s prices, and what its steps make likely, as few runs of this version are known.`,
    assumed,
  };
}
