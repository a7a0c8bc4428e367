import { DrizzleQueryError } from "drizzle-orm";
import { expect, it } from "vitest";
import { loggedError } from "./log";

it("a failed query is logged without its parameters", () => {
  const cause = Object.assign(new Error("duplicate key value"), { code: "23505" });
  const logged = JSON.stringify(
    loggedError(new DrizzleQueryError("insert into t values ($1)", ["a secret prompt"], cause)),
  );
  expect(logged).toContain("insert into t");
  expect(logged).toContain("23505");
  expect(logged).not.toContain("secret prompt");
});
