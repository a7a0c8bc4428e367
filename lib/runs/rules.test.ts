import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import type { InputField } from "@/lib/workflows/kinds/input";
import { cleanOutput, cleanText, cleanValue } from "./clean";
import { requestHash } from "./request-hash";
import { DRIVEN_AGAIN, judge, MAX_ATTEMPTS, waitBefore, waitBeforeDrive } from "./retry";
import { checkRunInput } from "./run-input";

const field = (key: string, type: InputField["type"], more: Partial<InputField> = {}): InputField => ({
  key,
  label: key.toUpperCase(),
  type,
  required: false,
  ...more,
});

describe("a run's input", () => {
  const fields = [
    field("name", "text", { required: true }),
    field("count", "number"),
    field("sure", "boolean"),
    field("size", "choice", { options: ["S", "L"], default: "S" }),
  ];

  it("reads what a form sends, and fills in defaults", () => {
    expect(checkRunInput(fields, { name: "Ada", count: " 2.5 ", sure: "on" })).toEqual({
      ok: true,
      value: { name: "Ada", count: 2.5, sure: true, size: "S" },
    });
  });

  it.each([
    [{}, "input.name"],
    [{ name: " \n" }, "input.name"],
    [{ name: 7 }, "input.name"],
    [{ name: "x".repeat(2_001) }, "input.name"],
    [{ name: "a", count: "many" }, "input.count"],
    [{ name: "a", count: Number.NaN }, "input.count"],
    [{ name: "a", count: [] }, "input.count"],
    [{ name: "a", count: "12345678901234567890" }, "input.count"],
    [{ name: "a", count: JSON.parse("9007199254740993") }, "input.count"],
    [{ name: "a", sure: "perhaps" }, "input.sure"],
    [{ name: "a", size: "XL" }, "input.size"],
    [{ name: "a", more: 1 }, "input.more"],
    [{ name: "a", toString: 1 }, "input.toString"],
  ])("says which field is wrong: %j", (given, path) => {
    const result = checkRunInput(fields, given);
    expect(result.ok ? [] : Object.keys(result.fields)).toEqual([path]);
  });
});

describe("a failed attempt", () => {
  it.each([
    [new AppError("upstream", "x", { reason: "http_503" }), "retry"],
    [new AppError("rate_limited"), "retry"],
    [new TypeError("ours"), "retry"],
    [new AppError("upstream", "x", { reason: "http_400", retryable: false }), "final"],
    [new AppError("invalid", "x"), "final"],
    [new AppError("precondition", "x"), "final"],
    [new AppError("limit_exceeded", "x"), "final"],
  ])("is judged by its class: %s", (error, kind) => {
    expect(judge(error, 1, 0.5).kind).toBe(kind);
    expect(judge(error, MAX_ATTEMPTS, 0.5).kind).toBe("final");
    const own = { attempts: 9, backoff: "fixed", firstWaitMs: 500 } as const;
    expect(judge(error, 8, 0.5, own).kind).toBe(kind);
    expect(judge(error, 9, 0.5, own).kind).toBe("final");
  });

  it("never shows what an unexpected error said", () => {
    expect(judge(new Error("password=hunter2"), 1, 0)).toMatchObject({
      code: "internal",
      message: "Something went wrong on our side.",
    });
  });

  it("tells of a service that asks for a longer wait than it is given", () => {
    const asked = (retryAfterMs: number, retryable = true) =>
      judge(new AppError("upstream", "Busy.", { reason: "http_429", retryAfterMs, retryable }), 1, 0);
    const told = "Busy. It asks for a longer wait than the 5 minutes that a step waits at most.";
    expect(asked(300_001)).toMatchObject({ kind: "retry", afterMs: 300_000, message: told });
    expect(asked(300_000)).toMatchObject({ kind: "retry", afterMs: 300_000, message: "Busy." });
    expect(asked(300_001, false)).toMatchObject({ kind: "final", message: "Busy." });
  });

  it("waits longer each time, as long as was asked for, and never over five minutes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.float({ min: 0, max: Math.fround(0.999), noNaN: true }),
        (attempt, random) => {
          expect(waitBefore(attempt + 1, undefined, random)).toBeGreaterThan(
            waitBefore(attempt, undefined, random),
          );
        },
      ),
    );
    const own = { attempts: 9, backoff: "fixed", firstWaitMs: 500 } as const;
    expect([1, 2, 8].map((attempt) => waitBefore(attempt, undefined, 0, own))).toEqual([500, 500, 500]);
    expect(waitBefore(3, undefined, 0, { ...own, backoff: "exponential" })).toBe(8_000);
    expect(waitBefore(2, 7_000, 0.9, own)).toBe(7_000);
    expect(waitBefore(1, 7_000, 0.9)).toBe(7_000);
    expect(waitBefore(1, 10_000_000, 0)).toBe(300_000);
  });

  it("a run that could not be driven goes on soon after it can be, and is not given up for half an hour", () => {
    const waits = (random: number) =>
      Array.from({ length: DRIVEN_AGAIN }, (_, at) => waitBeforeDrive(at + 1, random));
    const sum = (all: number[]) => all.reduce((total, waitMs) => total + waitMs, 0);
    expect(waits(0).slice(0, 3)).toEqual([1_000, 4_000, 16_000]);
    expect(Math.max(...waits(0.999))).toBeLessThanOrEqual(135_000);
    expect(sum(waits(0.5))).toBeGreaterThan(30 * 60_000);
    // All that failed at one time do not come back at one time.
    expect(waits(0.9).every((waitMs, at) => waitMs > (waits(0.1)[at] ?? 0))).toBe(true);
  });
});

describe("what goes into the database", () => {
  it("is JSON that PostgreSQL takes, whatever came in, and stays what it was", () => {
    fc.assert(
      fc.property(fc.anything({ withDate: true, withBigInt: true, withNullPrototype: true }), (value) => {
        const cleaned = cleanValue(value);
        const text = JSON.stringify(cleaned);
        expect(text).toBeDefined();
        expect(text).not.toContain("\\u0000");
        expect(JSON.parse(text)).toEqual(cleaned);
        expect(cleanValue(cleaned)).toEqual(cleaned);
      }),
    );
    expect(cleanText("a\u0000b\uD800c")).toBe("ab\uFFFDc");
    const named = cleanValue(JSON.parse('{"__pro\\u0000to__":{"isAdmin":true},"a\\u0000":1}'));
    expect([named, Object.getPrototypeOf(named)]).toEqual([{ a: 1 }, Object.prototype]);
  });

  it("refuses an output over a megabyte, naming the node", () => {
    expect(() => cleanOutput({ text: "x".repeat(1_000_001) }, "Fetch")).toThrow(/“Fetch”.*1,00\d kB/);
  });
});

it("the hash of a request does not depend on the order of its keys", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (request) => {
      const turned = Object.fromEntries(Object.entries(request).reverse());
      expect(requestHash(turned)).toBe(requestHash(request));
    }),
  );
  expect(requestHash({ a: [1, 2] })).not.toBe(requestHash({ a: [2, 1] }));
});
