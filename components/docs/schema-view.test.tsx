import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { SchemaFields } from "./schema-view";

it("names the type of what may be null, in both ways of JSON Schema to write it", () => {
  const html = renderToStaticMarkup(
    <SchemaFields
      components={{}}
      schema={{
        properties: {
          nextCursor: { type: ["string", "null"] },
          likeness: { type: ["number", "null"] },
          page: { anyOf: [{ type: "integer" }, { type: "null" }] },
          amount: { type: ["number", "string"] },
          result: {},
        },
      }}
    />,
  );
  const types = [...html.matchAll(/<code[^>]*>(\w+)<\/code><span[^>]*>([^<]*)</g)].map(
    ([, name, type]) => `${name}: ${type}`,
  );
  expect(types).toEqual([
    "nextCursor: string or null",
    "likeness: number or null",
    "page: integer or null",
    "amount: number or string",
    "result: any JSON",
  ]);
});
