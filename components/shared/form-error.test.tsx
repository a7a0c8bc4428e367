import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { PublicError } from "@/lib/errors";
import { FormError } from "./form-error";
import { FormStateContext, unplacedErrors } from "./form-state";

const refused = (message: string, fields: PublicError["fields"]): PublicError => ({
  code: "invalid",
  message,
  ...(fields ? { fields } : {}),
});

/** As it stands over a form that shows a field `note`, and by itself. */
function texts(error: PublicError): readonly string[] {
  const unplaced = unplacedErrors(error.fields, (name) => name === "note");
  return [
    <FormStateContext key="form" value={{ pending: false, error, unplaced }}>
      <FormError />
    </FormStateContext>,
    <FormError key="alone" error={error} />,
  ].map((element) => renderToStaticMarkup(element));
}

const times = (text: string, part: string) => text.split(part).length - 1;

it("says each problem once, in the message or below it", () => {
  const [one, two, more] = ["“Ask”: Write it.", "“Sort”: Add one.", "“Send”: Choose one."];
  const error = refused(`The workflow cannot be published. ${one} ${two} And 1 more.`, {
    "nodes.ask.prompt": [one],
    "nodes.sort.categories": [two],
    "nodes.send.agentId": [more],
  });
  for (const text of texts(error)) {
    expect([one, two, more].map((sentence) => times(text, sentence))).toEqual([1, 1, 1]);
    expect(times(text, "<li>")).toBe(1);
  }
});

it("points to a field that says it already, and says what no field of the form does", () => {
  const [placed = ""] = texts(refused("At most 500 characters.", { note: ["At most 500 characters."] }));
  expect(placed).toContain("A field needs another look.");
  expect(placed).not.toContain("500");
  const [unplaced = ""] = texts(refused("At most 9.", { other: ["At most 9."] }));
  expect(times(unplaced, "At most 9.")).toBe(1);
});
