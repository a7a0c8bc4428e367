import { describe, expect, it } from "vitest";
import { parseMoment, parseRetryAfterMs } from "./duration";
import { holds, matchPaths, pathText } from "./expression";
import { parseFunctions } from "./functions";

const base = { id: "app-fn", triggers: [{ event: "a" }], steps: { step: {} } };

describe("the configuration of a function", () => {
  it("is read as the SDK writes it", () => {
    const spec = parseFunctions([
      {
        ...base,
        steps: { step: { retries: { attempts: 2 } } },
        concurrency: [{ limit: 5, key: "event.data.tenantId" }],
        timeouts: { finish: "1h30m" },
        cancel: [{ event: "stop", if: "event.data.id == async.data.id" }],
      },
    ]).get("app-fn");
    expect(spec).toMatchObject({
      maxAttempts: 3,
      concurrency: { limit: 5, key: "event.data.tenantId" },
      finishTimeoutMs: 5_400_000,
      cancelOn: [{ event: "stop", expression: "event.data.id == async.data.id", timeout: null }],
    });
  });

  it.each([
    ["throttle", { throttle: { limit: 1, period: "1s" } }],
    ["batchEvents", { batchEvents: { maxSize: 2, timeout: "1s" } }],
    ["several concurrency limits", { concurrency: [{ limit: 1 }, { limit: 2 }] }],
    ["concurrency scope account", { concurrency: { limit: 1, scope: "account", key: "'x'" } }],
    ["timeouts.start", { timeouts: { start: "1m" } }],
    ["wildcard", { triggers: [{ event: "a/*" }] }],
  ])("is refused with %s", (named, options) => {
    expect(() => parseFunctions([{ ...base, ...options }])).toThrow(named);
  });

  it("is refused when an expression is malformed", () => {
    expect(() => parseFunctions([{ ...base, idempotency: "event.data." }])).toThrow();
  });
});

describe("expressions", () => {
  const context = { event: { data: { k: "a", n: 5 } }, async: { data: { k: "a" } } };

  it.each([
    ["event.data.k == async.data.k", true],
    ["event.data.n > 4 && event.data.k in ['a', 'b']", true],
    ["event.data.missing == async.data.k", false],
    ["event.data.k", false],
    [null, true],
  ])("%s holds: %s", (source, expected) => {
    expect(holds(source, context)).toBe(expected);
  });

  it("are matched by value where they compare two paths", () => {
    expect(matchPaths("event.data.k == async.data.k")).toEqual({ own: "data.k", incoming: "data.k" });
    expect(matchPaths("event.data.k == async.data.k && true")).toBeNull();
    expect(pathText(context.event, "data.n")).toBe("5");
    expect(pathText(context.event, "data.none.deeper")).toBeNull();
  });
});

it("reads durations, dates and retry-after", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  expect(parseMoment("1d2h30m5s", now)?.toISOString()).toBe("2026-01-02T02:30:05.000Z");
  expect(parseMoment("2026-02-01T00:00:00.000Z", now)?.toISOString()).toBe("2026-02-01T00:00:00.000Z");
  expect(parseMoment("soon", now)).toBeNull();
  expect(parseRetryAfterMs("3", now)).toBe(3_000);
  expect(parseRetryAfterMs("2026-01-01T00:00:10Z", now)).toBe(10_000);
  expect(parseRetryAfterMs(null, now)).toBeNull();
});
