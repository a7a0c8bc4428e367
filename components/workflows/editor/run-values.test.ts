import { expect, it } from "vitest";
import type { InputField } from "@/lib/workflows/kinds/input";
import { startValues, valuesOf } from "./run-values";

const field = (key: string, type: InputField["type"], rest: Partial<InputField> = {}): InputField => ({
  key,
  label: key,
  type,
  required: false,
  ...rest,
});

const FIELDS = [
  field("urgent", "boolean", { default: "true" }),
  field("quiet", "boolean", { default: "false" }),
  field("note", "text", { default: "hello" }),
  field("count", "number", { default: "3" }),
];

it("shows the defaults as what they are, of yes or no too, which the editor keeps as text", () => {
  expect(startValues(FIELDS, {})).toEqual({
    urgent: true,
    quiet: false,
    note: "hello",
    count: "3",
  });
});

it("shows what an earlier run was given, and no default where it was given nothing", () => {
  const input = { urgent: false, note: null, count: 0, other: ["kept out"] };
  const last = valuesOf(input);
  expect(last).toEqual({ urgent: false, note: "", count: 0 });
  expect(startValues(FIELDS, last)).toEqual({
    urgent: false,
    quiet: false,
    note: "",
    count: 0,
  });
});
