/** Words that carry no topic. */
const STOPWORDS = new Set(
  (
    "a about above after again all also am an and any are as at be because been before being below between both but by can could " +
    "did do does doing down during each few for from further had has have having he her here hers him his how i if in into is it " +
    "its itself just let may me might more most must my no nor not now of off on once only or other our ours out over own please " +
    "s same shall she should so some such t than that the their theirs them then there these they this those through to too " +
    "under until up us very was we were what when where which while who whom why will with would you your yours tell give show " +
    "find know say says said does according document documents passage passages text question answer"
  ).split(" "),
);

const SUFFIXES = [
  "ization",
  "isation",
  "ations",
  "ation",
  "ments",
  "ment",
  "ities",
  "ings",
  "ing",
  "edly",
  "ness",
  "able",
  "ible",
  "ally",
  "ies",
  "ied",
  "ions",
  "ion",
  "ers",
  "er",
  "est",
  "ed",
  "ly",
  "es",
  "s",
  "e",
]; // longest first

/** Strips one common English ending, so that `refunds`, `refunded` and `refund` meet. Leaves short words alone. */
export function stem(word: string): string {
  const base = word.replace(/['’]s?$/u, "");
  for (const suffix of SUFFIXES) {
    if (base.length - suffix.length >= 3 && base.endsWith(suffix)) {
      const cut = base.slice(0, -suffix.length);
      if (suffix === "ies" || suffix === "ied") return `${cut}y`;
      // "shipped" and "ship", "running" and "run".
      return /([bdgmnprt])\1$/u.test(cut) ? cut.slice(0, -1) : cut;
    }
  }
  return base;
}

/** Letters of the scripts that put no space between words. */
const LETTER = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}ー";
const RUNS = new RegExp(`[${LETTER}]+|[^${LETTER}]+`, "gu");
const UNSPACED = new RegExp(`^[${LETTER}]`, "u");

/** All words in lower case, in order, without punctuation. Where words are not spaced, each pair of neighbouring letters is one. */
export function words(text: string): string[] {
  const found =
    text
      .toLowerCase()
      .normalize("NFKC")
      .match(/[\p{L}\p{N}]+(?:['’.][\p{L}\p{N}]+)*/gu) ?? [];
  return found.flatMap((word) => (word.match(RUNS) ?? []).flatMap(pairsOf));
}

function pairsOf(run: string): string[] {
  const letters = [...run];
  if (!UNSPACED.test(run) || letters.length < 2) return [run];
  return letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
}

/** The stems that carry the topic of a text, in order, with repeats. */
export function terms(text: string): string[] {
  return words(text)
    .filter((word) => !STOPWORDS.has(word))
    .map(stem);
}

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

const HAS_WORDS = /[\p{L}\p{N}]/u;

/** Sentences and lines, trimmed, without bullets. */
export function sentences(text: string): string[] {
  return text
    .split(/\n+/)
    .filter((line) => HAS_WORDS.test(line))
    .flatMap((line) => [...segmenter.segment(line)].map(({ segment }) => segment))
    .map((sentence) => sentence.replace(/^[\s>*•\-–#|]+/u, "").trim())
    .filter((sentence) => HAS_WORDS.test(sentence));
}

/** A line that names what follows rather than saying something. */
export function isHeading(sentence: string): boolean {
  return !/[.!?:;,]$/u.test(sentence) && words(sentence).length <= 8;
}

const MAX_CHARS = 400_000;
const MAX_RUN = 200;

/** Cuts what would cost time without meaning anything: endless runs without a space, endless space, endless text. */
export function tame(text: string): string {
  return text
    .slice(0, MAX_CHARS)
    .replace(/\S{200,}/g, (run) => run.slice(0, MAX_RUN))
    .replace(/[^\S\n]{3,}/g, "  ")
    .replace(/(?:[^\S\n]*\n){3,}/g, "\n\n");
}
