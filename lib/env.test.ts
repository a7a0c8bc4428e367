import { describe, expect, it } from "vitest";
import { parseEnv } from "./env";

const SIGNING = `signkey-test-${"ab".repeat(32)}`;

describe("which engine runs the functions", () => {
  it.each([
    [{}, "embedded"],
    [{ INNGEST_DEV: "1" }, "inngest"],
    [{ INNGEST_DEV: "http://127.0.0.1:8288" }, "inngest"],
    [{ INNGEST_EVENT_KEY: "key", INNGEST_SIGNING_KEY: SIGNING }, "inngest"],
    // As the SDK reads it: off, and no reason to refuse a start.
    [{ INNGEST_DEV: "0", NODE_ENV: "production" }, "embedded"],
    [{ INNGEST_DEV: "false" }, "embedded"],
  ])("%j: %s", (settings, engine) => {
    expect(parseEnv(settings).engine).toBe(engine);
  });

  it("is never Inngest without signatures in production", () => {
    expect(() => parseEnv({ NODE_ENV: "production", INNGEST_DEV: "1" })).toThrow(/INNGEST_DEV/);
    expect(() => parseEnv({ NODE_ENV: "production", INNGEST_EVENT_KEY: "key" })).toThrow(/SIGNING_KEY/);
  });
});
