import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { FieldContext } from "@/components/ui/field-context";
import { ProblemLine } from "./problem-line";

it("says where a text is wrong, and what is wrong unless the field says it", () => {
  const text = "one\ntwo {{ name";
  const problem = { message: "Add the closing }}.", start: 8, end: text.length };
  const line = <ProblemLine text={text} problem={problem} onJump={() => {}} />;
  const field = { id: "f", name: "f", labelId: "l", describedBy: undefined, required: false };
  const inField = (invalid: boolean) =>
    renderToStaticMarkup(<FieldContext value={{ ...field, invalid }}>{line}</FieldContext>);
  for (const html of [renderToStaticMarkup(line), inField(false)]) {
    expect(html).toContain("Line 2, column 5: Add the closing }}.");
  }
  expect(inField(true)).toContain("Line 2, column 5: ");
  expect(inField(true)).toContain("{{ name");
  expect(inField(true)).not.toContain(problem.message);
});
