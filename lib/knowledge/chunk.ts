import { countTokens } from "@/lib/ai/tokens";
import { cleanText } from "./clean";
import type { Section } from "./parse/document";

export type ChunkOptions = { targetTokens: number; maxTokens: number; overlapTokens: number };

export const CHUNKING: ChunkOptions = { targetTokens: 400, maxTokens: 512, overlapTokens: 60 };

export type Chunk = {
  /** From 0, in the order of the document. */
  position: number;
  page: number | null;
  heading: string | null;
  text: string;
  tokenCount: number;
};

/** A stretch of the section's text, `[start, end)`; units follow each other without gaps. */
type Unit = { start: number; end: number; tokens: number; startsParagraph: boolean };

/** Longer units would make the overlap and the fill too coarse. */
const UNIT_TOKENS = 100;
/** The tokenizer takes time quadratic in the length of a word: such words are cut before they are counted. */
const WORD_CHARACTERS = 200;

/**
 * Cuts a document into chunks, one after the other, so that a caller may pause between them. A chunk lies within one
 * section (one page, one heading), ends at a paragraph, line or sentence when it can, repeats up to `overlapTokens`
 * of the chunk before it in the same section, and never has more than `maxTokens`.
 */
export function* chunkSections(
  sections: readonly Section[],
  options: ChunkOptions = CHUNKING,
): Generator<Chunk> {
  let position = 0;
  for (const section of sections) {
    const heading = section.heading ? cleanText(section.heading) : null;
    for (const piece of piecesOf(cleanText(section.text), options)) {
      yield { position, page: section.page ?? null, heading, ...piece };
      position += 1;
    }
  }
}

function* piecesOf(text: string, options: ChunkOptions): Generator<Pick<Chunk, "text" | "tokenCount">> {
  const units = unitsOf(text, options);
  for (let first = 0, after = 0; after < units.length; first = nextStart(units, first, after, options)) {
    after = endOfChunk(units, first, options);
    let piece = textOf(text, units, first, after);
    // Units joined may count for a token more than apart.
    while (countTokens(piece) > options.maxTokens && after > first + 1) {
      after -= 1;
      piece = textOf(text, units, first, after);
    }
    if (piece) yield { text: piece, tokenCount: countTokens(piece) };
  }
}

function textOf(text: string, units: readonly Unit[], first: number, after: number): string {
  return text.slice(units[first]?.start, units[after - 1]?.end).trim();
}

function unitsOf(text: string, options: ChunkOptions): Unit[] {
  const limit = Math.min(UNIT_TOKENS, Math.floor(options.maxTokens / 4));
  const units: Unit[] = [];
  let offset = 0;
  for (const line of text.split(/(?<=\n)/)) {
    const startsParagraph = offset === 0 || text.slice(Math.max(0, offset - 2), offset) === "\n\n";
    for (const [index, sentence] of sentencesOf(line).entries()) {
      for (const [part, piece] of withinLimit(sentence, limit).entries()) {
        const isFirst = index === 0 && part === 0;
        const end = offset + piece.text.length;
        units.push({ start: offset, end, tokens: piece.tokens, startsParagraph: startsParagraph && isFirst });
        offset = end;
      }
    }
  }
  return units;
}

/** After a full stop before a space, or an ideographic full stop. Good enough: a wrong cut only moves a boundary. */
function sentencesOf(line: string): string[] {
  return line.split(/(?<=[.!?…]["')\]]?)(?=\s+\S)|(?<=[。！？])/u);
}

type Piece = { text: string; tokens: number };

function withinLimit(text: string, limit: number): Piece[] {
  const words = wordsOf(text);
  if (words.length <= limit && words.every((word) => word.length <= WORD_CHARACTERS)) {
    const tokens = countTokens(text);
    if (tokens <= limit) return [{ text, tokens }];
  }
  const pieces: Piece[] = [];
  for (const word of words.flatMap((long) => cutEvery(long, WORD_CHARACTERS))) {
    const tokens = countTokens(word);
    const last = pieces.at(-1);
    if (last && last.tokens + tokens <= limit) {
      last.text += word;
      last.tokens += tokens;
    } else pieces.push(...(tokens <= limit ? [{ text: word, tokens }] : splitWord(word, limit)));
  }
  return pieces;
}

/** Words with the space before them, as the tokenizer takes them. */
function wordsOf(text: string): string[] {
  return text.split(/(?<=\S)(?=\s)/);
}

/** Pieces of at most `size` UTF-16 units that never cut a character in two. */
function cutEvery(text: string, size: number): string[] {
  if (text.length <= size) return [text];
  const pieces = [""];
  for (const character of text) {
    const last = pieces.at(-1) ?? "";
    if (last.length + character.length <= size) pieces[pieces.length - 1] = last + character;
    else pieces.push(character);
  }
  return pieces;
}

function splitWord(word: string, limit: number): Piece[] {
  // A character has at most four tokens here (four bytes of UTF-8).
  const pieces = cutEvery(word, Math.max(2, Math.floor(limit / 4)));
  return pieces.map((text) => ({ text, tokens: countTokens(text) }));
}

/** The index after the chunk's last unit: the last paragraph boundary past half of the target, else the target. */
function endOfChunk(units: readonly Unit[], first: number, options: ChunkOptions): number {
  let tokens = 0;
  let boundary = 0;
  let target = first + 1;
  for (let index = first; index < units.length; index += 1) {
    const unit = units[index];
    if (!unit) break;
    if (unit.startsParagraph && tokens >= options.targetTokens / 2) boundary = index;
    tokens += unit.tokens;
    if (tokens <= options.targetTokens) target = index + 1;
    if (tokens > options.maxTokens) return boundary || target;
  }
  return units.length;
}

/** Where the next chunk starts: some whole units back, so that a thought cut in two is whole in one of them. */
function nextStart(units: readonly Unit[], first: number, after: number, options: ChunkOptions): number {
  let tokens = 0;
  let start = after;
  while (start > first + 1) {
    tokens += units[start - 1]?.tokens ?? 0;
    if (tokens > options.overlapTokens) break;
    start -= 1;
  }
  return start;
}
