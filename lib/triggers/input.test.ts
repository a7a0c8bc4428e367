import { expect, it } from "vitest";
import { newId } from "@/lib/ids";
import { parseInput } from "@/lib/parse";
import { mapWebhookInput } from "./input";

/** What is wrong with headers, at the one field of the form that holds them all. */
function refusalOf(headers: readonly string[]): unknown {
  try {
    parseInput(mapWebhookInput, { triggerId: newId(), headers });
  } catch (error) {
    return error;
  }
  return null;
}

it("names the header that cannot be kept, at the field that holds them all", () => {
  expect(refusalOf(["x-shop", "x-github-event"])).toBeNull();
  const refused: [string[], string][] = [
    [["x-shop", "x_shop"], "“x_shop” is no name"],
    [["authorization"], "“authorization” is a secret"],
    [["h".repeat(2_000)], "at most 80"],
    [Array.from({ length: 21 }, (_, index) => `x-${index}`), "At most 20 headers"],
  ];
  for (const [headers, sentence] of refused)
    expect(refusalOf(headers)).toMatchObject({
      fields: { headers: [expect.stringContaining(sentence)] },
    });
});
