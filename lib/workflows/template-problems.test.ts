import { expect, it } from "vitest";
import { checkTemplate } from "./template";

it.each([
  ["{{ a", "“{{ a” is not closed: add }}."],
  ["{% if a %}x", "“{% if a %}” is not closed: add {% endif %}."],
  ["{% if a ", "“{% if a” is not closed: add %}."],
  ["{{ a | nofilter }}", "There is no filter “nofilter”."],
  ["{% foo %}", "There is no tag “foo” here."],
  ["x{% endif %}", "There is no tag “endif” here."],
  ["{{ }}", "Something is missing here."],
  ["{% for x %}{% endfor %}", "“{% for x %}” is not written as this tag has to be."],
  ["{% assign = 3 %}", "Expected variable name."],
])("%s: %s", (template, message) => {
  expect(checkTemplate(template)).toMatchObject({ message });
  expect(checkTemplate(template)).not.toHaveProperty("rendersAnyway");
});

const BRACES = "Put each value into braces of its own: {{ a }} {{ b }}.";
const BETWEEN = "Put “and”, “or” or a comparison between them.";

it.each([
  ["x {{ a b }}", "b", `“b” after “a” would be left out. ${BRACES}`],
  ["{{ input.first name | upcase }}", "name", `“name” after “input.first” would be left out. ${BRACES}`],
  ['{{- a "b" -}}', '"b"', `“"b"” after “a” would be left out. ${BRACES}`],
  ["{{ a, b }}", ", b", "“, b” would be left out. Take it out."],
  ["{{ a == }}", "==", "“==” needs a value after it."],
  ["{{ a }}{% if b c %}{% endif %}", "c", `“c” after “b” would be left out. ${BETWEEN}`],
  ["{% if and b %}{% endif %}", "and", "“and” needs a value before it."],
  ["{% if a %}{% elsif b not c %}{% endif %}", "not", `“not” after “b” would be left out. ${BETWEEN}`],
  ["{% assign x = a b | size %}", "b", "“b” after “a” would be left out. Take it out."],
  ["{% liquid\nassign x = 1\necho x y %}", "y", "“y” after “x” would be left out. Take it out."],
])("%s leaves something out: %s", (template, part, message) => {
  const start = template.lastIndexOf(part);
  expect(checkTemplate(template)).toEqual({ message, start, end: start + part.length, rendersAnyway: true });
});

it.each([
  '{{ a["first name"] | default: "x", allow_false: true }}',
  "{% if not a and b.size > 2 or c contains 'd' %}{% endif %}",
  "{% comment %}{{ a b }}{% endcomment %}{% raw %}{{ a b }}{% endraw %}",
  "{% # a note %}{% for n in (1..3) reversed %}{{ n }}{% endfor %}",
])("%s leaves nothing out", (template) => {
  expect(checkTemplate(template)).toBeNull();
});
