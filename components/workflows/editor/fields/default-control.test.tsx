import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { inputField } from "@/lib/workflows/kinds/input";
import { DefaultControl, possibleDefaults } from "./default-control";

const row = (type: string, more: object = {}) => ({ key: "a", label: "A", type, required: false, ...more });
const problemOf = (field: object) => inputField.safeParse(field).error?.issues.map(({ message }) => message);

it("offers the defaults that a field takes, and no others", () => {
  const choice = row("choice", { options: ["Low", "High", "Low"] });
  expect(possibleDefaults(choice)?.map(({ label }) => label)).toEqual(["Low", "High"]);
  expect(possibleDefaults(row("boolean"))?.map(({ label }) => label)).toEqual(["Yes", "No"]);
  expect(possibleDefaults(row("number"))).toBeNull();
  for (const field of [choice, row("boolean")]) {
    for (const { value } of possibleDefaults(field) ?? [])
      expect(problemOf({ ...field, default: value })).toBeUndefined();
  }
  expect(problemOf({ ...choice, default: "Middle" })).toEqual(["Take one of the choices."]);
  expect(problemOf(row("boolean", { default: "yes" }))).toEqual(["Choose yes or no."]);
  expect(problemOf(row("number", { default: "12,5" }))).toEqual(["Write a number, such as 12.5."]);
});

it("shows a default that was left from another type, until one of these is chosen", () => {
  const shown = (value: unknown) =>
    renderToStaticMarkup(
      <DefaultControl
        options={possibleDefaults(row("boolean")) ?? []}
        nodeId="input"
        path="fields.0.default"
        value={value}
        onChange={() => {}}
        disabled={false}
      />,
    );
  expect(shown("soon")).toMatch(/<option value="soon" selected="">soon<\/option>/);
  expect(shown("true")).toMatch(/<option value="true" selected="">Yes<\/option>/);
  expect(shown(undefined)).toMatch(/<option value="" selected="">None<\/option>/);
});
