import { describe, expect, it } from "vitest";
import type { InputField } from "@/lib/workflows/kinds/input";
import { callParts } from "./call-body";
import { mapCall } from "./mapping";

function calledWith(body: string) {
  const headers = { "content-type": "application/json" };
  const request = new Request("http://localhost/api/hooks/x", { method: "POST", headers });
  return callParts(request, new TextEncoder().encode(body), []);
}

/** Many times as long as it takes, and far from long enough to go through all names for each of them. */
const SOON = { timeout: 20_000 };

it("reads a form of as many names as a call holds, and lists what one has several times", SOON, () => {
  const names = Array.from({ length: 150_000 }, (_, number) => `n${number.toString(36)}`);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const request = new Request("http://localhost/api/hooks/x", { method: "POST", headers });
  const sent = `${names.join("=1&")}=1&n0=2`;
  const { body } = callParts(request, new TextEncoder().encode(sent), []);
  expect(Object.keys(body as object)).toHaveLength(names.length);
  expect(body).toMatchObject({ n0: ["1", "2"], n1: "1" });
});

describe("a number in the body of a call", () => {
  it("keeps its digits as text where a number does not keep them", () => {
    const { body } = calledWith(
      '{"id":1234567890123456789,"more":[-9007199254740993,{"n":18014398509481985}]}',
    );
    expect(body).toEqual({
      id: "1234567890123456789",
      more: ["-9007199254740993", { n: "18014398509481985" }],
    });
  });

  it("is a number everywhere else", () => {
    const { body } = calledWith(
      '{"a":9007199254740991,"b":0.1234567890123456789,"c":1e20,"d":"1234567890123456789"}',
    );
    expect(body).toEqual({
      a: 9_007_199_254_740_991,
      b: 0.12345678901234568,
      c: 1e20,
      d: "1234567890123456789",
    });
  });

  it("comes into a field for text with all of its digits", () => {
    const field: InputField = { key: "id", label: "Id", type: "text", required: true };
    const call = calledWith('{"id":1234567890123456789,"order":{"id":1234567890123456789}}');
    const taken = { ok: true, value: { id: "1234567890123456789" } };
    expect(mapCall({ mapping: "same_names", fields: [] }, [field], call)).toEqual(taken);
    const fields = [{ key: "id", expression: "body.order.id" }];
    expect(mapCall({ mapping: "expressions", fields }, [field], call)).toEqual(taken);
  });
});
