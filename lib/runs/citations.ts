import { type Citation, formatPassage, type NumberedPassage } from "@/lib/agents/prompt";
import type { Passage } from "@/lib/knowledge/retrieve";

const EXCERPT_CHARS = 280;

/** Passages under the numbers that text and citations share, from 1 on. */
export function numbered(passages: readonly Passage[]): NumberedPassage[] {
  return passages.map(({ documentId, chunkId, filename, page, heading, text }, index) => ({
    number: index + 1,
    documentId,
    chunkId,
    filename,
    page,
    heading,
    text,
  }));
}

/** The passages with their numbers, as they are put before a model. */
export function passagesAsText(passages: readonly NumberedPassage[]): string {
  return passages.map(formatPassage).join("\n\n");
}

/** Where passages are from, with only the start of each: the rest is one click away. */
export function toCitations(passages: readonly NumberedPassage[]): Citation[] {
  return passages.map(({ text, ...place }) => ({ ...place, excerpt: text.slice(0, EXCERPT_CHARS) }));
}
