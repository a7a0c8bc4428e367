import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import { parseKeyRing } from "./key-ring";
import { open, type SealedPlace, seal } from "./seal";
import { lastFour, Secret } from "./secret";

const key = () => randomBytes(32).toString("base64");
const place: SealedPlace = { table: "system_configs", rowKey: "openai.api_key", column: "value" };

function reasonOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error.reason;
    throw error;
  }
  return undefined;
}

describe("seal and open", () => {
  const ring = parseKeyRing(`2026a:${key()}`);

  it("gives back any text, and never the same envelope twice", () => {
    for (const text of ["sk-secret", "", "ключ 🔑\u0000", "x".repeat(100_000)]) {
      const sealed = seal(ring, place, text);
      expect(sealed).toMatch(/^v1\.2026a\.[A-Za-z0-9_-]+$/);
      expect(open(ring, place, sealed).reveal()).toBe(text);
      expect(seal(ring, place, text)).not.toBe(sealed);
    }
  });

  it("does not open in another table, row or column", () => {
    const sealed = seal(ring, place, "sk-secret");
    for (const moved of [{ table: "users" }, { rowKey: "smtp.password" }, { column: "note" }]) {
      expect(reasonOf(() => open(ring, { ...place, ...moved }, sealed))).toBe("secret_unreadable");
    }
    const shifted = { table: "system_configs", rowKey: "openai", column: "api_key.value" };
    expect(reasonOf(() => open(ring, shifted, sealed))).toBe("secret_unreadable");
  });

  it("does not open when any byte changed", () => {
    const sealed = seal(ring, place, "sk-secret");
    const bytes = Buffer.from(sealed.split(".")[2] ?? "", "base64url");
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const text = `v1.2026a.${changed.toString("base64url")}`;
      expect(reasonOf(() => open(ring, place, text))).toBe("secret_unreadable");
    }
    for (const broken of ["", "v1", "v1.2026a.", "v2.2026a.AAAA", "plain text"]) {
      expect(reasonOf(() => open(ring, place, broken))).toBe("secret_unreadable");
    }
  });

  it("rotates: the first key writes, every key opens, a dropped key is named", () => {
    const [oldKey, newKey] = [`old:${key()}`, `new:${key()}`];
    const sealedOld = seal(parseKeyRing(oldKey), place, "sk-secret");
    const both = parseKeyRing(`${newKey},${oldKey}`);
    expect(open(both, place, sealedOld).reveal()).toBe("sk-secret");
    const resealed = seal(both, place, open(both, place, sealedOld));
    expect(resealed.split(".")[1]).toBe("new");
    const onlyNew = parseKeyRing(newKey);
    expect(open(onlyNew, place, resealed).reveal()).toBe("sk-secret");
    expect(reasonOf(() => open(onlyNew, place, sealedOld))).toBe("key_missing");
  });

  it("refuses a ring that is not one", () => {
    for (const text of ["", "a", "a:AAAA", `A B:${key()}`, `a:${key()},a:${key()}`]) {
      expect(reasonOf(() => parseKeyRing(text))).toBe("key_ring_invalid");
    }
  });
});

describe("Secret", () => {
  it("shows its value to nothing but reveal()", () => {
    const secret = new Secret("sk-canary-value");
    const seen = [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true }),
      String(secret),
    ];
    for (const text of seen) expect(text).not.toContain("canary");
    expect(Object.keys(secret)).toEqual([]);
    expect(secret.reveal()).toBe("sk-canary-value");
  });

  it("shows the last four of a long value and nothing of a short one", () => {
    expect(lastFour("sk-1234567890abcd")).toBe("••••abcd");
    expect(lastFour(new Secret("hunter2"))).toBe("••••");
  });
});
