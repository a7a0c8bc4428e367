import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailInput, normalizeEmail } from "./email-address";
import { passwordProblem } from "./password-rules";

describe("passwordProblem", () => {
  const context = { email: "ada.lovelace@engines.example", name: "Ada Lovelace" };

  it.each([
    "short",
    "elevenchars",
    "password1234",
    "P@ssw0rd!!!!",
    "qwertyuiop123",
    "aaaaaaaaaaaaaa",
    "abcabcabcabcabc",
    "123456789012",
    "210987654321",
    "qwertyuiopasdf",
    "iloveyou2026!!",
    "AdaLovelace2026",
    "lovelace-engines",
    "HireBuddha2026!",
    "x".repeat(129),
  ])("refuses %s", (password) => {
    expect(passwordProblem(password, context)).toMatch(/\.$/);
  });

  it.each([
    "copper lantern riverbed",
    "V7#kq-92mZ!pLw",
    "ein ruhiger Morgen am See",
    "密碼是一個很長的句子喔好的嗎",
  ])("accepts %s", (password) => {
    expect(passwordProblem(password, context)).toBeNull();
  });

  it("accepts what a password manager makes", () => {
    fc.assert(
      fc.property(fc.uuid({ version: 4 }), (id) => {
        // One of zeros alone is a pattern, as it should be.
        fc.pre(new Set(id).size >= 10);
        expect(passwordProblem(id, context)).toBeNull();
      }),
    );
  });
});

describe("e-mail addresses", () => {
  it("has one form for every way of writing the same address", () => {
    for (const text of ["Ada@Example.COM", " ada@example.com ", "ａｄａ@example.com", "ada＠example.com"]) {
      expect(normalizeEmail(text)).toBe("ada@example.com");
    }
  });

  it.each([
    "аda@example.com",
    "ada@exаmple.com",
    "ada@example。com\u200b",
    "adа＠example.com",
    "ada @example.com",
  ])("refuses the look-alike %s", (text) => {
    expect(emailInput.safeParse(text).success).toBe(false);
  });

  it("never gives anything but plain ASCII", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const email = normalizeEmail(text);
        expect(email === null || /^[\x21-\x7e]+$/.test(email)).toBe(true);
        expect(email === null ? null : normalizeEmail(email)).toBe(email);
      }),
    );
  });
});
