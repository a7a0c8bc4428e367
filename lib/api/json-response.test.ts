import { expect, it } from "vitest";
import { jsonResponse } from "./json-response";

it("has a short answer sent as it is, and leaves a long one to be packed", async () => {
  const headers = { "cache-control": "private, no-store", location: "/here" };
  const short = jsonResponse({ text: "Grüße" }, { status: 202, headers });
  expect([short.status, short.headers.get("location"), await short.json()]).toEqual([
    202,
    "/here",
    { text: "Grüße" },
  ]);
  expect(short.headers.get("content-type")).toBe("application/json");
  expect(short.headers.get("cache-control")).toBe("private, no-store, no-transform");
  const long = jsonResponse({ text: "ü".repeat(600) }, { status: 200, headers });
  expect(long.headers.get("cache-control")).toBe("private, no-store");
});
