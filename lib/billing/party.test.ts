import { describe, expect, it } from "vitest";
import { readParty } from "./party";

const addressOf = (kept: unknown) => readParty(kept, "Somebody").address;

describe("the address of a party", () => {
  it("is written as in its country, whose name comes last", () => {
    const address = { line1: "Gartenweg 7", line2: null, postalCode: "20095", city: "Hamburg" };
    expect(addressOf({ address, country: "DE" })).toEqual(["Gartenweg 7", "20095 Hamburg", "Germany"]);
    const abroad = { line1: "1 Main St", city: "Austin", state: "TX", postalCode: "78701", country: "US" };
    expect(addressOf({ address: abroad })).toEqual(["1 Main St", "Austin, TX 78701", "United States"]);
  });

  it("leaves out what is not given, and is empty where nothing is", () => {
    expect(addressOf({ address: { city: "Hamburg", state: " " }, country: null })).toEqual(["Hamburg"]);
    expect(addressOf({ address: {}, country: "FR" })).toEqual(["France"]);
    expect([addressOf(null), addressOf({ address: 7 })]).toEqual([[], []]);
  });
});
