import { expect, it } from "vitest";
import { CONFIG_SETTINGS } from "./configuration";

it("says what holds instead of a setting that may be empty, and of no other", () => {
  const mayBeEmpty = CONFIG_SETTINGS.filter(({ hint }) => /Empty means|If the service wants/.test(hint));
  expect(mayBeEmpty.length).toBeGreaterThan(0);
  expect(CONFIG_SETTINGS.filter(({ whenCleared }) => whenCleared)).toEqual(mayBeEmpty);
});
