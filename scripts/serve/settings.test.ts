import { expect, it } from "vitest";
import { settingsProblem } from "./settings";

it("names the setting that is missing or wrong before anything is built", () => {
  const DATABASE_URL = "postgres://hirebuddha@127.0.0.1:1/hirebuddha";
  expect(settingsProblem({})).toBeNull();
  expect(settingsProblem({ DATABASE_URL })).toBe(
    "the setting AUTH_SECRET is missing: set it to a random text of at least 32 characters",
  );
  // What a version before took: how it is mended, and what that costs, is said before anything has begun.
  expect(settingsProblem({ DATABASE_URL, AUTH_SECRET: "changeme-4711" })).toMatch(
    /^the setting AUTH_SECRET is not valid: (?!.*4711).*too short.* 32 characters.* signs in once more$/,
  );
  expect(settingsProblem({ AUTH_SECRET: "x".repeat(32) })).toBeNull();
  // Neither is shown: both hold secrets. A key that cannot be read would be found out with the first secret.
  expect(settingsProblem({ HB_KEYS: "main:c2hvcnQ=" })).toMatch(
    /^the setting HB_KEYS is not valid: Key 1 must be [^=]*$/,
  );
  expect(settingsProblem({ DATABASE_URL: "postgres://app:pass#word@db:5432/app" })).toMatch(
    /^the setting DATABASE_URL is not valid: (?!.*word@).*%23/,
  );
  expect(settingsProblem({ PORT: "eighty" })).toMatch(/^the setting PORT is not valid: .*[^.]$/);
});
