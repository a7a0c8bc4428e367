import { formatMicros } from "@/lib/money";
import type { RunCostRange } from "./cost-range";
import type { AssumedList } from "./graph-cost";

type Based = Pick<RunCostRange, "runs" | "sameRuns" | "lists" | "before">;

/** From so many runs on, a tenth of them is at least one. */
const RUNS_WITH_TENTHS = 10;

function runsOf(runs: number): string {
  return runs === 1 ? "the one run" : `the last ${runs} runs`;
}

function listOf({ node, items: { low, likely, high }, isDeclared, isSeen, perItem }: AssumedList): string {
  const range = low === high ? "" : ` (${low} to ${high})`;
  const count = `${likely} ${likely === 1 ? "item" : "items"}${range}`;
  if (isSeen) return `“${node}” had ${count} then: each one more costs about ${formatMicros(perItem)}.`;
  const words = isDeclared
    ? `“${node}” usually has ${count}, as it says`
    : `“${node}” is taken to have ${count}`;
  return `${words}: each one more costs about ${formatMicros(perItem)}.`;
}

/**
 * What an estimate is based on and takes for granted, for a person: whole sentences.
 * @returns the basis, and a sentence for each list whose length is not known
 */
export function costWords(based: Based): { basis: string; assumed: string[] } {
  const { before } = based;
  const itself = before
    ? `It cost ${formatMicros(before.cost)} then, ${before.isWhole ? "" : "as far as it came, "}at today’s prices. `
    : "";
  return { basis: itself + basisOf(based), assumed: based.lists.map(listOf) };
}

function basisOf({ runs, sameRuns, lists }: Based): string {
  if (runs === 0)
    return "Guessed from its steps and today’s prices, as no whole run like it has completed yet. Attempts after a failure come on top.";
  const spread =
    runs >= RUNS_WITH_TENTHS ? "one in ten cost less, one in ten more" : "from the cheapest to the dearest";
  if (lists.length === 0 && sameRuns === runs && runs >= 5)
    return `As ${runsOf(runs)} of this version, at today’s prices: ${spread}.`;
  const which =
    sameRuns === runs ? "of this version" : sameRuns === 0 ? "of earlier versions" : "of any version";
  return `As ${runsOf(runs)} ${which}, at today’s prices, and what its steps make likely, as few runs of this version are known.`;
}
