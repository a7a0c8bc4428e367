import { expect, it } from "vitest";
import { settingsProblem } from "./settings";

it("names the setting that is missing or wrong before anything is built", () => {
  const DATABASE_URL = "postgres://hirebuddha@127.0.0.1:1/hirebuddha";
  expect(settingsProblem({})).toBeNull();
  expect(settingsProblem({ DATABASE_URL })).toBe(
    "the setting AUTH_SECRET is missing: set it to a random text of at least 32 characters",
  );
  expect(settingsProblem({ PORT: "eighty" })).toMatch(/^the setting PORT is not valid: .*[^.]$/);
});
