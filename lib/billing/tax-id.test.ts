import { describe, expect, it } from "vitest";
import { saveDetailsInput, setTaxRateInput } from "./details-input";
import { readTaxId } from "./tax-id";

describe("a tax id", () => {
  it.each([
    ["DE 123 456 789", "DE", "DE123456789"],
    ["123456789", "DE", "DE123456789"],
    ["el-123456789", "GR", "EL123456789"],
    ["ATU12345678", "AT", "ATU12345678"],
    ["nl001234567b01", "NL", "NL001234567B01"],
    ["FR K7 399859412", "FR", "FRK7399859412"],
  ])("%s of %s is kept as %s", (text, country, id) => {
    expect(readTaxId(text, country)).toEqual({ id, type: "eu_vat" });
  });

  it("of another country is taken as it is, and one without a country is none", () => {
    expect(readTaxId("12-3456789", "US")).toEqual({ id: "123456789", type: "other" });
    expect(readTaxId("DE123456789", null)).toEqual({ message: expect.stringContaining("country") });
  });

  it.each([
    ["DE12345678", "DE"],
    ["FR123456789", "DE"],
    ["12", "US"],
    ["<script>", "US"],
  ])("%s of %s is refused", (text, country) => {
    expect(readTaxId(text, country)).toHaveProperty("message");
  });
});

const problems = (parsed: { error?: { issues: { path: PropertyKey[] }[] } | undefined }) =>
  parsed.error?.issues.map((issue) => issue.path.join("."));

describe("what is refused, by its field", () => {
  it("of a workspace's details", () => {
    const details = { address: {} };
    expect(saveDetailsInput.parse({ ...details, taxId: "", email: "" })).toMatchObject({
      taxId: null,
      email: null,
    });
    expect(problems(saveDetailsInput.safeParse({ ...details, country: "XX" }))).toEqual(["country"]);
    expect(problems(saveDetailsInput.safeParse({ ...details, country: "DE", taxId: "1" }))).toEqual([
      "taxId",
    ]);
    expect(problems(saveDetailsInput.safeParse({ ...details, email: "nobody" }))).toEqual(["email"]);
  });

  it("of a tax", () => {
    const tax = { country: "DE", name: "VAT", percent: "19" };
    expect(setTaxRateInput.parse(tax)).toMatchObject({ percent: "19", reverseCharge: false });
    for (const percent of ["-1", "101", "7.1234", "much"])
      expect(problems(setTaxRateInput.safeParse({ ...tax, percent }))).toContain("percent");
    expect(problems(setTaxRateInput.safeParse({ ...tax, country: "Germany" }))).toEqual(["country"]);
  });
});
