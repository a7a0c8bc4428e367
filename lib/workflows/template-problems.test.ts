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
  expect(checkTemplate(template)?.message).toBe(message);
});
