import { describe, expect, it } from "vitest";
import type { InputField } from "@/lib/workflows/kinds/input";
import { type CallParts, mapCall, pathsIn, strangeName } from "./mapping";

const field = (key: string, type: InputField["type"] = "text"): InputField => ({
  key,
  label: key,
  type,
  required: true,
});
const FIELDS = [field("customer"), field("total", "number"), field("notes", "long_text")];
const call = (body: unknown, rest: Partial<CallParts> = {}): CallParts => ({
  body,
  headers: {},
  query: {},
  ...rest,
});
const same = (parts: CallParts, fields = FIELDS) =>
  mapCall({ mapping: "same_names", fields: [] }, fields, parts);
const by = (fields: Record<string, string>, parts: CallParts) =>
  mapCall(
    {
      mapping: "expressions",
      fields: Object.entries(fields).map(([key, expression]) => ({ key, expression })),
    },
    FIELDS,
    parts,
  );

describe("by the same names", () => {
  it("takes what the workflow asks for from body, then query, and leaves the rest", () => {
    const parts = call({ customer: 7, total: 3, noise: true }, { query: { notes: "soon", total: "9" } });
    expect(same(parts)).toEqual({ ok: true, value: { customer: "7", total: 3, notes: "soon" } });
  });

  it("puts a plain text into the only text field, and nowhere when there are two", () => {
    expect(same(call("Hello"), [field("total", "number"), field("text")])).toEqual({
      ok: true,
      value: { text: "Hello" },
    });
    expect(same(call("Hello"))).toEqual({ ok: true, value: {} });
  });

  it("takes nothing from prototypes", () => {
    expect(same(call({}), [field("constructor")])).toEqual({ ok: true, value: {} });
  });
});

describe("by expressions", () => {
  const parts = call(
    {
      order: {
        items: [
          { sku: "a", price: 2 },
          { sku: "b", price: 3.5 },
        ],
      },
    },
    { headers: { "x-shop": "eu" }, query: { id: "12" } },
  );

  it("computes each field from body, headers and query", () => {
    const fields = {
      customer: 'headers["x-shop"] + "-" + query.id',
      total: "body.order.items[0].price + body.order.items[1].price",
      notes: "body.order.items.map(i, i.sku)",
    };
    expect(by(fields, parts)).toEqual({
      ok: true,
      value: { customer: "eu-12", total: 5.5, notes: '["a","b"]' },
    });
  });

  it("names the field whose expression gives nothing", () => {
    const mapped = by({ customer: "body.missing.name", total: "1" }, parts);
    expect(mapped).toEqual({ ok: false, fields: { "input.customer": [expect.stringContaining("missing")] } });
  });

  it("leaves out what an optional field does not find, and only that", () => {
    const optional = FIELDS.map((one) => ({ ...one, required: one.key === "total" }));
    const mapped = (expression: string, body: unknown) =>
      mapCall(
        {
          mapping: "expressions",
          fields: [
            { key: "customer", expression },
            { key: "total", expression: "1" },
          ],
        },
        optional,
        call(body),
      );
    for (const body of [{}, { buyer: null }, { buyer: { names: [] } }, "Hello", null])
      expect(mapped("body.buyer.names[0]", body)).toEqual({ ok: true, value: { total: 1 } });
    expect(mapped("body.buyer.names[0]", { buyer: { names: ["Ada"] } })).toMatchObject({
      value: { customer: "Ada" },
    });
    expect(mapped("body.a / body.b", { a: 1, b: 0 })).toEqual({
      ok: false,
      fields: { "input.customer": [expect.stringContaining("divides by zero")] },
    });
  });

  it("knows which names there are, and offers the paths of a sample", () => {
    expect([
      strangeName("body.a + headers.b"),
      strangeName("input.text"),
      strangeName("process.env"),
    ]).toEqual([null, "input", "process"]);
    expect(pathsIn(parts)).toEqual([
      "body.order.items",
      "body.order.items[0].sku",
      "body.order.items[0].price",
      'headers["x-shop"]',
      "query.id",
    ]);
  });
});
