import { describe, expect, it } from "vitest";
import { addressBlock } from "./address";
import { safePath } from "./safe-path";

describe("safePath", () => {
  it.each(["/app", "/app/runs/1?tab=log&x=%2F", "/admin"])("keeps %s", (path) => {
    expect(safePath(path)).toBe(path);
  });

  it.each([
    "",
    "app",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/..//evil.example",
    "/app\\..\\..",
    "/app\nLocation: x",
    "/é",
  ])("refuses %j", (path) => {
    expect(safePath(path)).toBeNull();
  });
});

describe("addressBlock", () => {
  it("takes IPv4 whole, mapped or not, and IPv6 by its /64", () => {
    expect(addressBlock("203.0.113.9")).toBe("203.0.113.9");
    expect(addressBlock("::ffff:203.0.113.9")).toBe("203.0.113.9");
    expect(addressBlock("2001:db8:1:2::1")).toBe(addressBlock("2001:db8:1:2:ffff::9"));
    expect(addressBlock("2001:db8:1:2::1")).not.toBe(addressBlock("2001:db8:1:3::1"));
    expect(addressBlock("not an address")).toBe("unknown");
  });
});
