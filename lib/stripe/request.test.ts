import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEnv } from "@/lib/env";
import { bodyHash } from "./body-hash";
import { isForward, paymentStatusOf } from "./forward";
import { nextAttemptKey, stripeKeys } from "./keys";
import { planRequest } from "./request";

const now = new Date("2026-11-26T12:00:00Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const noted = (status: string, firstSentAt: Date | null = null, type = "") => ({
  status,
  firstSentAt,
  stripeObjectId: null,
  error: { type },
});

describe("what to do with a request that was noted", () => {
  it("follows from how it ended, and when it was first sent", () => {
    expect(planRequest(noted("pending"), now)).toBe("send");
    expect(planRequest(noted("pending", hoursAgo(19.9)), now)).toBe("send");
    expect(planRequest(noted("pending", hoursAgo(20.1)), now)).toBe("find");
    expect(planRequest(noted("done", hoursAgo(500)), now)).toBe("get");
    expect(planRequest(noted("failed", null, "StripeCardError"), now)).toBe("refused");
    expect(planRequest(noted("failed", null, "StripeIdempotencyError"), now)).toBe("refused");
    expect(planRequest(noted("failed", null, "StripeInvalidRequestError"), now)).toBe("renew");
    expect(planRequest(noted("failed", null, "StripeAPIError"), now)).toBe("renew");
  });
});

describe("keys", () => {
  it("count attempts, and stay short", () => {
    const key = stripeKeys.payInvoice("01970000-0000-7000-8000-000000000000", 12);
    expect(nextAttemptKey(key)).toBe(`${key}~2`);
    expect(nextAttemptKey(nextAttemptKey(key))).toBe(`${key}~3`);
    expect(nextAttemptKey(`${key}~9`).length).toBeLessThan(255);
  });

  it("differ for different bodies, and not for their order", () => {
    expect(bodyHash({ a: 1, b: { c: [1, 2], d: undefined } })).toBe(bodyHash({ b: { c: [1, 2] }, a: 1 }));
    expect(bodyHash({ a: [1, 2] })).not.toBe(bodyHash({ a: [2, 1] }));
  });
});

describe("forward only", () => {
  it("ends the same in whatever order states are told", () => {
    const states = fc.shuffledSubarray(["requires_action", "processing", "succeeded", "failed"], {
      minLength: 1,
    });
    fc.assert(
      fc.property(states, states, (told, again) => {
        const end = (all: readonly string[]) =>
          all.reduce((state, next) => (isForward(state, next) ? next : state), "pending");
        const heard = [...told, ...again];
        expect(end(heard)).toBe(end([...heard].reverse()));
        expect(isForward("succeeded", heard[0] ?? "")).toBe(false);
      }),
    );
  });

  it("reads an intent that nobody tried to pay as nothing", () => {
    expect(paymentStatusOf({ status: "requires_payment_method", hasError: false })).toBeNull();
    expect(paymentStatusOf({ status: "requires_payment_method", hasError: true })).toBe("failed");
    expect(paymentStatusOf({ status: "requires_confirmation", hasError: false })).toBeNull();
    expect(paymentStatusOf({ status: "succeeded", hasError: true })).toBe("succeeded");
  });
});

describe("the address of a Stripe on this machine", () => {
  const key = "sk_test_abcdefgh";
  const base = "http://127.0.0.1:12111";
  it("is taken with a test key, on this machine alone", () => {
    expect(parseEnv({ STRIPE_API_BASE: base, STRIPE_SECRET_KEY: key }).STRIPE_API_BASE).toBe(base);
    const wrong = [
      { STRIPE_API_BASE: base },
      { STRIPE_API_BASE: base, STRIPE_SECRET_KEY: ["sk", "live", "abcdefgh"].join("_") },
      { STRIPE_API_BASE: "http://10.0.0.1:80", STRIPE_SECRET_KEY: key },
      { STRIPE_API_BASE: "https://127.0.0.1:12111", STRIPE_SECRET_KEY: key },
      { STRIPE_API_BASE: base, STRIPE_SECRET_KEY: key, APP_URL: "https://hire.example.com" },
    ];
    for (const settings of wrong) expect(() => parseEnv(settings)).toThrow(/STRIPE_API_BASE/);
    const here = { STRIPE_API_BASE: base, STRIPE_SECRET_KEY: key, APP_URL: "http://localhost:3000/" };
    expect(parseEnv(here).STRIPE_API_BASE).toBe(base);
    expect(() => parseEnv({ STRIPE_SECRET_KEY: "pk_test_abc" })).toThrow(/STRIPE_SECRET_KEY/);
  });
});
