import { describe, expect, it } from "vitest";
import { checkSignature, signatureOf } from "./signature";

const SECRET = "a-signing-secret";
const NOW = new Date("2026-05-01T10:00:00Z");
const T = String(NOW.getTime() / 1000);
const bytes = (text: string) => new TextEncoder().encode(text);
const BODY = bytes('{"order": 42}');
const check = (header: string | null, body = BODY, secrets = [SECRET], now = NOW) =>
  checkSignature(header, secrets, body, now);
const signed = (t = T, secret = SECRET, body = BODY) => `t=${t},v1=${signatureOf(secret, t, body)}`;

describe("a signature", () => {
  it("is the one that openssl makes", () => {
    // printf '%s' '1700000000.{"a":1}' | openssl dgst -sha256 -hmac topsecret
    expect(signatureOf("topsecret", "1700000000", bytes('{"a":1}'))).toBe(
      "6a939b0c71853d606167625a15168ee9188c6a511c773ef4f42d307f3849e50f",
    );
  });

  it("is good for its own body, time and secret", () => {
    expect(check(signed())).toEqual({ ok: true, timestamp: T });
    const two = `t=${T}, v1=${"0".repeat(64)}, v1=${signatureOf(SECRET, T, BODY)}`;
    expect(check(two).ok).toBe(true);
    expect(check(signed(T, "old"), BODY, [SECRET, "old"]).ok).toBe(true);
  });

  it("is refused when it is missing, malformed, of something else, or late", () => {
    const late = String(Number(T) - 301);
    const early = String(Number(T) + 301);
    for (const header of [
      null,
      "",
      "v1=00",
      `t=${T}`,
      `t=${T},v1=${"0".repeat(64)}`,
      `t=${T},v1=${signatureOf(SECRET, String(Number(T) - 1), BODY)}`,
      signed(T, "another"),
      signed(T, SECRET, bytes('{"order":42}')),
      signed(late),
      signed(early),
    ]) {
      expect([header, check(header).ok]).toEqual([header, false]);
    }
    expect(check(signed(String(Number(T) - 299))).ok).toBe(true);
  });
});
