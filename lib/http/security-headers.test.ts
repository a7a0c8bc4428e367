import { NextRequest } from "next/server";
import { describe, expect, it } from "vitest";
import { proxy } from "@/proxy";

const get = (path: string, init: ConstructorParameters<typeof NextRequest>[1] = {}) =>
  proxy(new NextRequest(`http://localhost:3000${path}`, init));

const COOKIE = { headers: { cookie: "hb.session=anything" } };

describe("proxy", () => {
  it("leads people without a session from a console to sign-in and remembers where they were going", () => {
    const location = get("/app/runs?tab=live").headers.get("location");
    expect(location).toBe("http://localhost:3000/sign-in?next=%2Fapp%2Fruns%3Ftab%3Dlive");
    for (const path of ["/partner", "/admin/users", "/account"]) {
      expect(get(path).headers.get("location")).toContain("/sign-in?next=");
    }
  });

  it("leaves alone what is no console, what is no page load, and who has a cookie", () => {
    const cookie = { headers: { cookie: "hb.session=anything" } };
    for (const response of [
      get("/"),
      get("/application"),
      get("/app", { method: "POST" }),
      get("/app", cookie),
    ]) {
      expect(response.headers.get("location")).toBeNull();
    }
  });

  it("gives each page a nonce of its own, which a caller cannot choose", () => {
    const nonces = new Set<string>();
    for (let index = 0; index < 20; index += 1) {
      const { headers } = get("/", {
        headers: { "x-nonce": "mine", "content-security-policy": "script-src *" },
      });
      const policy = headers.get("content-security-policy") ?? "";
      const nonce = /script-src 'self' 'nonce-([^']{20,})' 'strict-dynamic'(;|$)/.exec(policy)?.[1] ?? "";
      expect(headers.get("x-middleware-request-x-nonce")).toBe(nonce);
      expect(headers.get("x-middleware-request-content-security-policy")).toBe(policy);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(20);
    expect(nonces.has("mine")).toBe(false);
  });

  it("allows no inline script, no frame and no foreign connection", () => {
    const policy = get("/").headers.get("content-security-policy") ?? "";
    const directive = (name: string) => policy.split("; ").find((part) => part.startsWith(`${name} `));
    expect(directive("script-src")).not.toContain("unsafe");
    expect(directive("style-src")).not.toContain("unsafe");
    expect(directive("connect-src")).toBe("connect-src 'self'");
    expect(directive("frame-ancestors")).toBe("frame-ancestors 'none'");
    expect(directive("base-uri")).toBe("base-uri 'none'");
  });

  it("passes on a usable request id and replaces any other", () => {
    expect(get("/", { headers: { "x-request-id": "abcdef12-3456" } }).headers.get("x-request-id")).toBe(
      "abcdef12-3456",
    );
    const odd = get("/", { headers: { "x-request-id": "a b\tc{}" } }).headers.get("x-request-id");
    expect(odd).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("lets card forms reach Stripe from the pages of billing alone", () => {
    const policyOf = (path: string) => get(path, COOKIE).headers.get("content-security-policy") ?? "";
    for (const path of ["/app/billing", "/app/billing/methods", "/i/secret/pay"]) {
      expect(policyOf(path)).toMatch(
        /frame-src https:\/\/js\.stripe\.com [^;]*https:\/\/hooks\.stripe\.com;/,
      );
      expect(policyOf(path)).toMatch(/connect-src 'self' https:\/\/api\.stripe\.com;/);
    }
    for (const path of ["/app", "/app/billings", "/app/runs", "/sign-in", "/i/secret"]) {
      expect(policyOf(path)).toContain("connect-src 'self';");
      expect(policyOf(path)).not.toContain("frame-src");
    }
  });
});
