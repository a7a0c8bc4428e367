import { expect, it } from "vitest";
import { actorWords } from "./words";

it("an operator reads what did something: a person, an API key, our own work", () => {
  const actorId = "01a21cb0-513f-7640-a0b1-1d114edb78b5";
  const words = (actorKind: string, id: string | null, actorEmail: string | null = null) =>
    actorWords({ actorKind, actorId: id, actorEmail });
  expect(words("user", actorId, "ben@brightleaf.example")).toBe("ben@brightleaf.example");
  expect(words("api_key", actorId)).toBe("API key 01a21cb0-513f");
  expect(words("job", "draft-payouts")).toBe("draft-payouts");
});
