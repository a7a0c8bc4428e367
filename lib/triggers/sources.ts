import { z } from "zod";
import { CITED } from "@/lib/agents/prompt";

/** A document that an answer names by a number: what it is called and where in it, and nothing that leads there. */
export type Source = { readonly number: number; readonly filename: string; readonly page: number | null };

/** What a step of a run cited, with the text it gave. */
export type CitingStep = { readonly text: string; readonly sources: readonly Source[] };

/** A text for somebody outside, with the sources of the numbers in it. */
export type SourcedText = { readonly text: string; readonly sources: readonly Source[] };

/** A mark goes with the space before it. */
const MARK = new RegExp(`( ?)${CITED.source}`, "g");

const citations = z
  .array(z.object({ number: z.int(), filename: z.string(), page: z.int().nullable().catch(null) }))
  .min(1);
const answer = z.object({ text: z.string(), citations: citations.or(z.tuple([])) });

/** The places of citations as a step has them; null when the value is something else. */
export function readSources(value: unknown): readonly Source[] | null {
  return citations.safeParse(value).data ?? null;
}

/** The whole output of an agent, as a workflow may give it; null when the value is something else. */
export function readAnswer(value: unknown): SourcedText | null {
  const read = answer.safeParse(value).data;
  return read ? { text: read.text, sources: read.citations } : null;
}

/**
 * What the numbers in a text stand for: by the steps whose text it contains, else by all that cited something. Each counts
 * from 1, so that a number may stand for several places; where it is not even known which step wrote it, it says nothing
 * and is left out.
 */
export function withSources(text: string, steps: readonly CitingStep[]): SourcedText {
  const own = steps.filter((step) => step.text.trim() !== "" && text.includes(step.text.trim()));
  const known = placesOf(own.length > 0 ? own : steps);
  const shown = (number: number) => {
    const places = known.get(number) ?? [];
    return own.length > 0 || places.length < 2 ? places : null;
  };
  const named = new Set<number>();
  const readable = text.replace(MARK, (mark: string, space: string, inside: string) => {
    const numbers = inside.split(",").map(Number);
    const kept = numbers.filter((number) => shown(number) !== null);
    for (const number of kept) named.add(number);
    if (kept.length === numbers.length) return mark;
    return kept.length === 0 ? "" : `${space}[${kept.join(", ")}]`;
  });
  return {
    text: readable,
    sources: [...named].sort((a, b) => a - b).flatMap((number) => shown(number) ?? []),
  };
}

/** The same without the numbers that stand for something, for those who are not told what. */
export function withoutMarks(text: string, steps: readonly CitingStep[]): string {
  const cited = placesOf(steps);
  return text.replace(MARK, (mark: string, space: string, inside: string) => {
    const numbers = inside.split(",").map(Number);
    const kept = numbers.filter((number) => !cited.has(number));
    if (kept.length === numbers.length) return mark;
    return kept.length === 0 ? "" : `${space}[${kept.join(", ")}]`;
  });
}

function placesOf(steps: readonly CitingStep[]): ReadonlyMap<number, readonly Source[]> {
  const places = new Map<number, Source[]>();
  for (const source of steps.flatMap((step) => step.sources)) {
    const { number, filename, page } = source;
    const known = places.get(number) ?? [];
    const isKnown = known.some((other) => other.filename === filename && other.page === page);
    if (!isKnown) places.set(number, [...known, source]);
  }
  return places;
}

/** Whether a text names anything by a number in square brackets. */
export function namesSources(text: string): boolean {
  return text.search(CITED) !== -1;
}
