import { lexicalEmbedding } from "./embedding";
import { stem, terms, words } from "./text";

/** Words that speak for labels people use all the time. A lexical model knows no synonyms, so these are given. */
const HINTS: readonly (readonly [label: RegExp, words: string])[] = [
  [
    /^(billing|invoices?|payments?|finance|accounting)$/i,
    "invoice charge charged payment paid bill billed card price cost subscription plan refund fee receipt money twice",
  ],
  [/^(refunds?|returns?|money.back)$/i, "refund return money back cancel reimburse credit exchange"],
  [
    /^(technical|support|bugs?|errors?|tech|it|incident|issue)/i,
    "error crash crashes broken fail fails failing bug login password install slow screen loading works working connect server down",
  ],
  [
    /^(sales|pricing|lead|prospect)$/i,
    "quote demo buy purchase pricing upgrade offer discount seats trial interested",
  ],
  [
    /^(shipping|delivery|logistics|orders?)$/i,
    "ship shipped shipping deliver delivery package parcel arrive arrived late track tracking courier order",
  ],
  [/^(account|access|login)$/i, "account password login sign email profile access locked user"],
  [
    /^(complaint|angry|negative|bad|unhappy|dissatisfied)$/i,
    "bad terrible awful angry disappointed unhappy worst poor hate complaint broken never slow problem unacceptable useless late wrong",
  ],
  [
    /^(positive|good|happy|praise|satisfied)$/i,
    "good great excellent love thanks thank happy perfect wonderful helpful amazing fast best pleased recommend",
  ],
  [
    /^(high|urgent|critical|immediate|p1)$/i,
    "urgent asap immediately critical down outage now emergency production blocked lost security breach",
  ],
  [/^(low|minor|p3)$/i, "minor whenever question wondering curious suggestion sometime"],
  [/^(yes|true|approve[d]?|accept(ed)?)$/i, "yes agree approved confirmed correct valid allowed ok"],
  [/^(no|false|reject(ed)?|deny|denied)$/i, "no not never cannot refuse denied invalid wrong without"],
  [
    /^(hr|people|personnel)$/i,
    "vacation leave holiday salary contract hire onboarding payroll benefits sick",
  ],
  [/^(legal|compliance)$/i, "contract law legal gdpr privacy terms liability clause lawyer agreement"],
  [
    /^(feature|feature.request|idea|feedback)$/i,
    "feature wish add would like suggestion idea please support missing could",
  ],
];

const MAX_INSTRUCTION_CHARS = 6_000;
const FALLBACK = /^(other|none|general|neutral|unknown|misc\w*|anything else|default|medium|normal|n\/a)$/i;

const ITEM = String.raw`["'“‘\x60]?[\p{L}\p{N}][\p{L}\p{N} _/&+-]{0,38}?["'”’\x60]?`;
const INLINE = new RegExp(
  String.raw`(?:one of|exactly one|either|between|choose(?: from)?|pick(?: from)?|labels?|categor(?:y|ies)|classes|options?|values|classify[^.:\n]{0,60}? (?:as|into)|(?:answer|reply|respond)(?: only)? with)[^:.\n]{0,60}?[:\s]\s*(${ITEM}(?:\s*(?:,|\||;|/|\bor\b|\band\b)(?:\s*(?:or|and)\b)?\s*${ITEM})+)\s*(?:[.!?\n]|$)`,
  "iu",
);
const ASKS =
  /\b(classif\w*|categori[sz]e|label|which (?:category|label|class|department|team)|one of|choose|pick|route|triage|sentiment|exactly one)\b/i;

/** The labels an instruction offers to choose among, or null when it does not ask for a choice. */
export function offeredLabels(whole: string): string[] | null {
  const instruction = whole.slice(0, MAX_INSTRUCTION_CHARS);
  if (!ASKS.test(instruction) && !/\b(?:answer|reply|respond)(?: only)? with\b/i.test(instruction))
    return null;
  const inline = INLINE.exec(instruction)?.[1];
  const fromLine = inline ? splitLabels(inline) : [];
  if (fromLine.length >= 2) return fromLine;
  const bullets = [
    ...instruction.matchAll(
      /^\s*(?:[-*•]|\d+[.)])\s*["'`]?([\p{L}\p{N}][^\n:–—"'`]{0,38}?)["'`]?\s*(?:[:–—].*)?$/gmu,
    ),
  ];
  const labels = bullets.map((bullet) => bullet[1]?.trim() ?? "").filter((label) => label !== "");
  return labels.length >= 2 ? [...new Set(labels)] : null;
}

function splitLabels(text: string): string[] {
  const labels = text
    .split(/\s*(?:,|\||;|\/|\bor\b|\band\b)\s*/iu)
    .map((label) => label.replace(/^["'“‘`\s]+|["'”’`\s]+$/gu, ""))
    .filter((label) => label !== "" && words(label).length <= 4);
  return [...new Set(labels)];
}

export type LabelChoice = { label: string; confidence: number };

/**
 * The label that fits a text best: words in common with the label, with what the instruction says about it
 * (`billing: about invoices`), and with a few well-known hints; then letter groups. Without any evidence, the label
 * that means "other", else the last one.
 */
export function chooseLabel(labels: readonly string[], text: string, instruction: string): LabelChoice {
  const textTerms = new Set(terms(text));
  const textVector = lexicalEmbedding(text);
  const scored = labels.map((label) => {
    const described = `${label} ${descriptionOf(label, instruction)}`;
    const hints = HINTS.filter(([name]) => name.test(label.trim())).flatMap(([, list]) =>
      list.split(" ").map(stem),
    );
    const fromHints = new Set(hints.filter((hint) => textTerms.has(hint))).size;
    const fromWords = new Set(terms(described).filter((term) => textTerms.has(term))).size;
    const nearness = Math.max(0, cosine(lexicalEmbedding(described), textVector));
    return { label, score: FALLBACK.test(label) ? 0.02 : fromWords * 1.5 + fromHints + nearness };
  });
  const ordered = [...scored].sort((a, b) => b.score - a.score);
  const [best, second] = ordered;
  if (!best) return { label: "", confidence: 0 };
  if (best.score < 0.15) {
    const fallback = labels.find((label) => FALLBACK.test(label)) ?? labels.at(-1) ?? best.label;
    return { label: fallback, confidence: 0.3 };
  }
  return {
    label: best.label,
    confidence: Math.round((best.score / (best.score + (second?.score ?? 0) + 0.1)) * 100) / 100,
  };
}

function descriptionOf(label: string, instruction: string): string {
  const escaped = label.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return (
    new RegExp(String.raw`^[\s\-*•\d.)"'\x60]*${escaped}["'\x60]?\s*(?:[:–—(]|-\s)(.*)$`, "imu").exec(
      instruction,
    )?.[1] ?? ""
  );
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
