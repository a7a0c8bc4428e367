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

describe("a value that could not work", () => {
  it.each([
    ["APP_URL", "https://hire example.com", /no address/],
    ["APP_URL", "https://", /no address/],
    ["SMTP_URL", "smtp://", /name the server/],
    ["SMTP_URL", "smtp://mail:pa#ss@example.com:587", /%23/],
    ["SMTP_URL", "smtp://mail:pa/ss@example.com:587", /%2F/],
    ["SMTP_URL", "smtps://mail:p@ss/word@example.com:465", /%2F/],
    ["MAIL_FROM", "HireBuddha", /no-reply@example\.com/],
    ["STORAGE_URL", "s3:///prefix", /bucket/],
    ["S3_ENDPOINT", "http://", /no address/],
    ["INNGEST_BASE_URL", "http://", /no address/],
    ["OUTBOUND_ALLOW", "http://127.0.0.1:11434", /without http/],
    ["OUTBOUND_ALLOW", "127.0.0.1:11434 models.internal", /list hosts/],
  ])("of %s (%s) is told before the start, and not shown", (name, value, sentence) => {
    const parsing = () => parseEnv({ [name]: value });
    expect(parsing).toThrow(new RegExp(`^The setting ${name} is not valid: .*${sentence.source}`));
    expect(parsing).not.toThrow(/ss@|word@/);
  });

  it.each([
    ["AUTH_GOOGLE_SECRET", "AUTH_GOOGLE_ID"],
    ["AUTH_GOOGLE_ID", "AUTH_GOOGLE_SECRET"],
    ["AUTH_GITHUB_SECRET", "AUTH_GITHUB_ID"],
    ["AUTH_GITHUB_ID", "AUTH_GITHUB_SECRET"],
  ])("is that of a sign-in without its other half: %s is missing", (missing, given) => {
    const sentence = `The setting ${missing} is missing: it goes with ${given}.`;
    expect(() => parseEnv({ [given]: "4711", [missing]: "" })).toThrow(sentence);
    expect(parseEnv({ [given]: "4711", [missing]: "4712" })).toMatchObject({ [given]: "4711" });
  });

  it("is none of those that do", () => {
    const good = {
      APP_URL: "https://hire.example.com/",
      SMTP_URL: "smtps://mail%40example.com:p%2Fss@mail.example.com:465/?pool=true&name=a",
      MAIL_FROM: '"Hire, Buddha" <no-reply@example.com>',
      STORAGE_URL: "s3://bucket/prefix?region=eu-west-1&endpoint=https://s3.example.com",
      OUTBOUND_ALLOW: "127.0.0.1:11434, models.internal,[::1]:8080,",
    };
    expect(parseEnv(good)).toMatchObject(good);
    expect(parseEnv({ MAIL_FROM: "no-reply@example.com" }).MAIL_FROM).toBe("no-reply@example.com");
  });
});
