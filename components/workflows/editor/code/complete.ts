import type { Completion } from "@/lib/workflows/completions";

/** What a text is written in: a template for text, an expression for a value, or plain JSON. */
export type CodeLanguage = "template" | "expression" | "json";

export type Word = Completion;

export type Offer = { readonly from: number; readonly words: readonly Word[] };

const NAME = /[\w.[\]"-]*$/;

/**
 * What can be written at a place of a text, and where the piece it replaces starts; null where nothing can.
 * A name is offered with its whole path, so that typing a part of it finds it.
 */
export function completeAt(
  text: string,
  at: number,
  language: CodeLanguage,
  words: readonly Word[],
): Offer | null {
  const before = text.slice(0, at);
  if (language === "json") return null;
  if (language === "expression") return isInString(before) ? null : inExpression(before, words);
  return inTemplate(before, words);
}

function inExpression(before: string, words: readonly Word[]): Offer {
  const typed = NAME.exec(before)?.[0] ?? "";
  const from = before.length - typed.length;
  const dot = typed.lastIndexOf(".");
  const names = words.filter((word) => word.type === "name" || word.type === "function");
  if (dot === -1) return { from, words: names };
  const path = names.filter((word) => word.type === "name" && word.label.startsWith(typed.slice(0, dot + 1)));
  if (path.some((word) => word.label !== typed)) return { from, words: path };
  return { from: from + dot + 1, words: words.filter((word) => word.type === "method") };
}

function inTemplate(before: string, words: readonly Word[]): Offer | null {
  const output = before.lastIndexOf("{{");
  const tag = before.lastIndexOf("{%");
  const open = Math.max(output, tag);
  const close = Math.max(before.lastIndexOf("}}"), before.lastIndexOf("%}"));
  if (open === -1 || close > open) return null;
  const inside = before.slice(open + 2);
  if (isInString(inside)) return null;
  const filter = /\|\s*(\w*)$/.exec(inside);
  if (filter) return { from: before.length - (filter[1]?.length ?? 0), words: ofType(words, "filter") };
  if (tag > output && /^-?\s*\w*$/.test(inside)) {
    const typed = /\w*$/.exec(inside)?.[0] ?? "";
    return { from: before.length - typed.length, words: ofType(words, "tag") };
  }
  const typed = NAME.exec(inside)?.[0] ?? "";
  return { from: before.length - typed.length, words: ofType(words, "name") };
}

function ofType(words: readonly Word[], type: Word["type"]): readonly Word[] {
  return words.filter((word) => word.type === type);
}

function isInString(text: string): boolean {
  const withoutStrings = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, "");
  return /["']/.test(withoutStrings.replace(/\[["']\w*$/, ""));
}
