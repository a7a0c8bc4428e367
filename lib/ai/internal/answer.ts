import type { Conversation } from "./conversation";
import { chooseLabel, offeredLabels } from "./labels";
import { keySentences, overlap, type Passage, type RankedSentence, rankSentences } from "./ranking";
import { sentences, words } from "./text";

const SUMMARY =
  /\b(summar(?:y|ies|i[sz]e[sd]?|i[sz]ing)|tl;?dr|key points?|main points?|in brief|condense|recap|gist)\b/i;
const QUESTION_LABEL = /(?:^|\n)\s*question\s*:\s*([\s\S]+)$/i;
const ENOUGH = 0.34;
const MOST_SENTENCES = 3;
const SUMMARY_SENTENCES = 3;

/** The answer in words: a label, a summary, or the sentences of the passages and messages that answer best. */
export function answerInText(conversation: Conversation): string {
  const computed = toolAnswer(conversation);
  if (computed !== null) return computed;
  const { instruction, material } = taskOf(conversation);
  const labels = offeredLabels(instruction);
  if (labels) return chooseLabel(labels, material || instruction, instruction).label;
  if (SUMMARY.test(instruction)) {
    const summary = summarise(conversation, material);
    if (summary !== "") return summary;
  }
  return extract(conversation);
}

/** What is asked, and the text it is asked about. */
export function taskOf(conversation: Conversation): { instruction: string; material: string } {
  const { request, system, passages } = conversation;
  const [head, ...rest] = splitMaterial(request);
  const inPassages = passages.map((passage) => passage.text).join("\n");
  if (rest.length > 0) return { instruction: `${system}\n${head}`, material: rest.join("\n") };
  // An agent whose role says what to do is given only the text to do it with.
  const isRoleTask = SUMMARY.test(system) || offeredLabels(system) !== null;
  if (isRoleTask && !request.trim().endsWith("?"))
    return { instruction: system, material: request || inPassages };
  return {
    instruction: `${request}\n${system}`,
    material: offeredLabels(request) ? inPassages || request : inPassages,
  };
}

/** `Do this:\n\ntext` and `Do this: "text"` come apart; a plain message stays whole. */
function splitMaterial(request: string): string[] {
  const asked = QUESTION_LABEL.exec(request);
  if (asked)
    return [asked[1] ?? "", request.slice(0, asked.index)].filter(
      (part, at) => at === 0 || part.trim() !== "",
    );
  const labelled =
    /^([\s\S]*?)\n?\s*(?:text|ticket|message|e-?mail|document|content|input|context|article|review)\s*:\s*([\s\S]+)$/i.exec(
      request,
    );
  if (labelled?.[1]?.trim()) return [labelled[1], labelled[2] ?? ""];
  const quoted = /^([^"“]{3,200})["“]{1,3}([\s\S]{12,})["”]{1,3}\s*$/.exec(request);
  if (quoted) return [quoted[1] ?? "", quoted[2] ?? ""];
  const colon = /^([^\n]{3,300}?):\s*\n+([\s\S]+)$/.exec(request);
  if (colon) return [colon[1] ?? "", colon[2] ?? ""];
  const blank = /^([^\n]{3,300})\n\s*\n([\s\S]+)$/.exec(request);
  return blank ? [blank[1] ?? "", blank[2] ?? ""] : [request];
}

export function summarise(conversation: Conversation, material: string): string {
  const sources: Passage[] =
    material.trim() === "" && conversation.passages.length === 0
      ? conversation.history.map((text) => ({ text }))
      : [...(material.trim() === "" ? [] : [{ text: material }]), ...conversation.passages];
  const unique = sources.filter(
    (source, index) => sources.findIndex((other) => other.text === source.text) === index,
  );
  const marked = unique.some((source) => source.marker !== undefined)
    ? unique.filter((source) => source.marker !== undefined)
    : unique;
  return join(keySentences(marked, SUMMARY_SENTENCES));
}

/** The best sentences with the numbers of their passages, or an honest statement that nothing was found. */
export function extract(conversation: Conversation): string {
  const question = questionOf(conversation.request);
  const searched = conversation.outcomes.some((outcome) => !outcome.isError);
  const given = conversation.passages.length > 0 || searched;
  const [head, ...material] = splitMaterial(conversation.request);
  const sources: Passage[] = [
    ...conversation.passages,
    ...material.map((text) => ({ text })),
    ...(given ? [] : conversation.history.map((text) => ({ text }))),
    ...(given ? [] : [{ text: conversation.system }]),
  ];
  const asked = material.length > 0 ? questionOf(head ?? "") : question;
  const ranked = rankSentences(asked, sources).filter(({ text }) => text !== asked && !text.endsWith("?"));
  const best = ranked[0];
  if (!best || best.coverage < ENOUGH) return nothingFound(conversation, asked, sources);
  const chosen: RankedSentence[] = [];
  for (const sentence of ranked) {
    if (chosen.length === MOST_SENTENCES) break;
    if (sentence.coverage < ENOUGH || sentence.score < best.score * 0.72) continue;
    if (!chosen.some((other) => overlap(other.text, sentence.text) > 0.85)) chosen.push(sentence);
  }
  return join(chosen);
}

function join(chosen: readonly { text: string; marker: number | undefined }[]): string {
  return chosen.map(({ text, marker }) => (marker === undefined ? text : `${text} [${marker}]`)).join(" ");
}

/** The sentence of a message that asks. */
export function questionOf(request: string): string {
  const labelled = QUESTION_LABEL.exec(request)?.[1];
  const text = (labelled ?? request).trim();
  const asking = sentences(text).filter((sentence) => sentence.endsWith("?"));
  return asking.at(-1) ?? text;
}

function nothingFound(conversation: Conversation, asked: string, sources: readonly Passage[]): string {
  if (
    /^\s*(hi|hello|hey|good (morning|afternoon|evening)|thanks?|thank you)\b/i.test(asked) &&
    words(asked).length <= 6
  ) {
    return "Hello. I am the built-in model: I answer from the documents and messages I am given, without a network.";
  }
  const hasSources = conversation.passages.length > 0;
  const about = asked.length > 160 ? `${asked.slice(0, 157)}…` : asked;
  if (hasSources || conversation.outcomes.length > 0)
    return `The documents I was given do not answer: ${about}`;
  const own = sources.find((source) => source.text.trim() !== "" && source.text !== conversation.system);
  if (own) {
    const summary = join(keySentences([own], 2));
    if (summary !== "") return summary;
  }
  return (
    "I am the built-in model: I only repeat what the documents and messages I am given say, and they do not answer this. " +
    "Connect documents to this agent, or choose a model of a provider."
  );
}

/** Says what a tool found, when it was not a search. */
function toolAnswer({ outcomes, passages }: Conversation): string | null {
  const last = outcomes.at(-1);
  if (!last || passages.length > 0) return null;
  if (last.isError) return `I tried ${last.name}, and it failed: ${asText(last.value)}`;
  if (/search|knowledge|retriev/i.test(last.name)) return null;
  return outcomes
    .filter((outcome) => !outcome.isError)
    .map((outcome) => describeOutcome(outcome.value))
    .join(" ");
}

function describeOutcome(value: unknown): string {
  if (typeof value !== "object" || value === null) return asText(value);
  const record: Record<string, unknown> = { ...value };
  if (typeof record.expression === "string" && record.result !== undefined) {
    return `${record.expression} = ${asText(record.result)}`;
  }
  if (typeof record.text === "string") return join(keySentences([{ text: record.text }], SUMMARY_SENTENCES));
  return Object.entries(record)
    .map(([name, item]) => `${name}: ${asText(item)}`)
    .join(", ");
}

function asText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}
