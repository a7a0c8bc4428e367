import { describe, expect, it } from "vitest";
import { z } from "zod";
import { OPERATIONS } from "@/lib/api/catalogue";
import { AppError } from "@/lib/errors";
import { parseInput } from "@/lib/parse";

/** What a caller is told of a value, all fields together. */
function refusals(schema: z.ZodType, given: unknown): string[] {
  try {
    parseInput(schema, given);
    return [];
  } catch (error) {
    return error instanceof AppError ? Object.values(error.fields ?? {}).flat() : [String(error)];
  }
}

const ODD = [
  undefined,
  null,
  "",
  "x",
  "-1",
  "1000000",
  -1,
  0.5,
  1e12,
  true,
  [],
  {},
  [{}],
  "x".repeat(300_000),
];

describe("a call of the API", () => {
  const asked = OPERATIONS.flatMap((operation) =>
    [operation.query, operation.body].flatMap((schema) =>
      schema instanceof z.ZodObject ? [[operation.id, schema] as const] : [],
    ),
  );

  it.each(asked)("of %s is never refused in the words of the parser", (_, schema) => {
    const fields = Object.keys(schema.shape);
    const said = [undefined, null, "x", []].flatMap((given) => refusals(schema, given));
    const ofFields = fields.flatMap((name) => ODD.flatMap((value) => refusals(schema, { [name]: value })));
    const sentences = [...said, ...ofFields];
    expect(
      sentences.filter((text) => /Invalid|expected|received|Unrecognized|Too (big|small)/.test(text)),
    ).toEqual([]);
  });

  it("says what is wanted", () => {
    const list = z.strictObject({ limit: z.coerce.number().int().max(100), id: z.uuid().optional() });
    expect(refusals(list, { limit: "1000" })).toEqual(["At most 100."]);
    expect(refusals(list, { limit: "abc" })).toEqual(["Give a number."]);
    expect(refusals(list, { limit: 1, id: "1" })).toEqual(["This is not an id."]);
    expect(refusals(list, [])).toEqual(["Give an object."]);
    const named = z.strictObject({ input: z.record(z.string().max(100), z.json()) });
    expect(refusals(named, { input: "x" })).toEqual(["Give an object."]);
    expect(refusals(named, { input: { ["k".repeat(101)]: 1 } })).toEqual(["This name is too long."]);
  });
});
