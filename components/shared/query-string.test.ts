import { describe, expect, it } from "vitest";
import { withQuery } from "@/components/shared/query-string";

describe("withQuery", () => {
  it("goes back to the first page when a filter changes", () => {
    expect(withQuery("status=failed&cursor=abc", { q: "a b&c" })).toBe("?status=failed&q=a+b%26c");
  });

  it("keeps the filters when turning the page", () => {
    expect(withQuery("status=failed&cursor=abc", { cursor: "def" })).toBe("?status=failed&cursor=def");
  });

  it("removes a parameter that is emptied, and the question mark with the last one", () => {
    expect(withQuery("status=failed", { status: "" })).toBe("");
  });
});
