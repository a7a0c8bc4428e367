import type { VariableGroup } from "../variables";
import type { CodeLanguage, Word } from "./complete";

const word = (type: Word["type"], label: string, detail: string, info: string): Word => ({
  type,
  label,
  detail,
  info,
});

const EXPRESSION_WORDS: readonly Word[] = [
  word("function", "size", "size(x)", "How long a text, a list or an object is."),
  word("function", "int", "int(x)", "A whole number, made from a number or a text."),
  word("function", "double", "double(x)", "A number, made from a text."),
  word("function", "string", "string(x)", "Anything as text."),
  word("function", "bool", "bool(x)", "Yes or no, made from the text true or false."),
  word("function", "has", "has(a.b)", "Whether a field is there."),
  word("function", "timestamp", 'timestamp("…")', "A moment, made from a date and time."),
  word("function", "duration", 'duration("1h")', "A length of time."),
  word("method", "contains", 'contains("…")', "Whether a text has another in it."),
  word("method", "startsWith", 'startsWith("…")', "Whether a text begins with another."),
  word("method", "endsWith", 'endsWith("…")', "Whether a text ends with another."),
  word("method", "lowerAscii", "lowerAscii()", "The text in small letters."),
  word("method", "upperAscii", "upperAscii()", "The text in capital letters."),
  word("method", "trim", "trim()", "The text without space around it."),
  word("method", "substring", "substring(from, to)", "A part of a text."),
  word("method", "indexOf", 'indexOf("…")', "Where a text is found; -1 when it is not."),
  word("method", "split", 'split(",")', "A list of the parts of a text."),
  word("method", "size", "size()", "How long a text or a list is."),
  word("method", "all", "all(x, …)", "Whether it holds for every item of a list."),
  word("method", "exists", "exists(x, …)", "Whether it holds for some item of a list."),
  word("method", "filter", "filter(x, …)", "The items of a list for which it holds."),
  word("method", "map", "map(x, …)", "A list with each item turned into something else."),
];

const TEMPLATE_WORDS: readonly Word[] = [
  word("filter", "default", '| default: "…"', "Something else when there is nothing."),
  word("filter", "json", "| json", "The value as JSON."),
  word("filter", "upcase", "| upcase", "In capital letters."),
  word("filter", "downcase", "| downcase", "In small letters."),
  word("filter", "capitalize", "| capitalize", "With a capital first letter."),
  word("filter", "strip", "| strip", "Without space around it."),
  word("filter", "truncate", "| truncate: 200", "Cut to a number of characters."),
  word("filter", "truncatewords", "| truncatewords: 30", "Cut to a number of words."),
  word("filter", "replace", '| replace: "a", "b"', "One text replaced by another."),
  word("filter", "split", '| split: ","', "A list of the parts."),
  word("filter", "join", '| join: ", "', "A list as one text."),
  word("filter", "first", "| first", "The first item of a list."),
  word("filter", "last", "| last", "The last item of a list."),
  word("filter", "size", "| size", "How long a text or a list is."),
  word("filter", "map", '| map: "field"', "One field of each item."),
  word("filter", "where", '| where: "field", "value"', "The items with a value in a field."),
  word("filter", "sort", "| sort", "In order."),
  word("filter", "uniq", "| uniq", "Each item once."),
  word("filter", "round", "| round: 2", "Rounded."),
  word("filter", "plus", "| plus: 1", "A number more."),
  word("filter", "minus", "| minus: 1", "A number less."),
  word("filter", "times", "| times: 2", "A number of times."),
  word("filter", "divided_by", "| divided_by: 2", "Divided by a number."),
  word("filter", "date", '| date: "%Y-%m-%d"', "A moment written in a form."),
  word("filter", "strip_html", "| strip_html", "Without HTML tags."),
  word("filter", "escape", "| escape", "Safe to stand in HTML."),
  word("filter", "url_encode", "| url_encode", "Safe to stand in an address."),
  word("tag", "if", "{% if … %}", "The text up to endif, when it holds."),
  word("tag", "elsif", "{% elsif … %}", "Another case."),
  word("tag", "else", "{% else %}", "In every other case."),
  word("tag", "endif", "{% endif %}", "Ends an if."),
  word("tag", "for", "{% for x in … %}", "The text up to endfor, for each item."),
  word("tag", "endfor", "{% endfor %}", "Ends a for."),
  word("tag", "assign", "{% assign x = … %}", "A name for a value, for later in the text."),
];

/** Everything a text can say: the names it sees, and what its language has. */
export function wordsFor(groups: readonly VariableGroup[], language: CodeLanguage): readonly Word[] {
  if (language === "json") return [];
  const names = groups.flatMap((group) =>
    group.variables.map(({ path, label, type }) => word("name", path, type, `${group.name}: ${label}`)),
  );
  return [...names, ...(language === "template" ? TEMPLATE_WORDS : EXPRESSION_WORDS)];
}
