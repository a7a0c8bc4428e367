import { expect, it } from "vitest";
import { renameSelfInput, workspaceName } from "./input";

it("takes a name that can be seen, and none of invisible characters", () => {
  const nameOf = (fullName: string) => renameSelfInput.safeParse({ fullName });
  for (const name of ["A", "👩‍🍳", "דוד", "Zoë  Ng"]) expect(nameOf(name).data?.fullName).toBe(name);
  for (const name of ["", "  ", "\u200b\u200b", "\u202e \u2060"])
    expect(nameOf(name).error?.issues[0]?.message).toBe("Write your name.");
  expect(workspaceName.safeParse("Ab").success).toBe(true);
  expect(workspaceName.safeParse("A\u200b\u200b").error?.issues[0]?.message).toBe(
    "Use at least 2 characters.",
  );
});
