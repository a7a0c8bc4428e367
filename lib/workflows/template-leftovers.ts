import { type Liquid, type Token, Tokenizer, TypeGuards } from "liquidjs";

type Leftover = { readonly message: string; readonly start: number; readonly end: number };

/** What Liquid reads over in silence: a part of a value that would be left out, or half of a comparison. */
export function findLeftover(engine: Liquid, template: string): Leftover | null {
  let inComment = false;
  for (const token of new Tokenizer(template, engine.options.operators).readTopLevelTokens(engine.options)) {
    if (TypeGuards.isTagToken(token)) {
      if (token.name === "comment" || token.name === "endcomment") inComment = token.name === "comment";
      const found = inComment ? null : ofTag(engine, template, token);
      if (found) return found;
    } else if (TypeGuards.isOutputToken(token) && !inComment) {
      const range: [number, number] = [...token.contentRange];
      const tokenizer = new Tokenizer(template, engine.options.operators, undefined, range);
      const found = ofValue(template, tokenizer, "Put each value into braces of its own: {{ a }} {{ b }}.");
      if (found) return found;
    }
  }
  return null;
}

type Tag = { readonly name: string; readonly tokenizer: Tokenizer };

function ofTag(engine: Liquid, template: string, { name, tokenizer }: Tag): Leftover | null {
  switch (name) {
    case "if":
    case "elsif":
    case "unless":
      return ofValue(template, tokenizer, "Put “and”, “or” or a comparison between them.");
    case "case":
    case "echo":
      return ofValue(template, tokenizer, "Take it out.");
    case "assign":
      tokenizer.readTo("=");
      return ofValue(template, tokenizer, "Take it out.");
    case "liquid":
      return firstOf(tokenizer.readLiquidTagTokens(engine.options), (tag) => ofTag(engine, template, tag));
    default:
      return null;
  }
}

function firstOf<T>(items: readonly T[], find: (item: T) => Leftover | null): Leftover | null {
  for (const item of items) {
    const found = find(item);
    if (found) return found;
  }
  return null;
}

/** @param instead what to do about a second value */
function ofValue(template: string, tokenizer: Tokenizer, instead: string): Leftover | null {
  const textOf = ({ begin, end }: Pick<Token, "begin" | "end">) => template.slice(begin, end);
  const at = (token: Token, message: string) => ({ message, start: token.begin, end: token.end });
  let before: Token | null = null;
  let isOpen = true;
  for (const token of tokenizer.readExpressionTokens()) {
    const isOperator = TypeGuards.isOperatorToken(token);
    const isNot = isOperator && token.operator === "not";
    if (isOperator && !isNot && isOpen) return at(token, `“${textOf(token)}” needs a value before it.`);
    if ((!isOperator || isNot) && !isOpen && before)
      return at(token, `“${textOf(token)}” after “${textOf(before)}” would be left out. ${instead}`);
    isOpen = isOperator;
    before = token;
  }
  if (before && isOpen) return at(before, `“${textOf(before)}” needs a value after it.`);
  if (!before) return null;
  tokenizer.readFilters();
  tokenizer.skipBlank();
  if (tokenizer.end()) return null;
  const rest = { begin: tokenizer.p, end: tokenizer.N };
  const message = `“${textOf(rest).trim()}” would be left out. Take it out.`;
  return { message, start: rest.begin, end: rest.begin + textOf(rest).trimEnd().length };
}
