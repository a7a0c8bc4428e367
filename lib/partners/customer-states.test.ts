import { describe, expect, it } from "vitest";
import { type CustomerFacts, statesOf } from "./customer-states";

const now = new Date("2026-11-26T12:00:00Z");
const fine: CustomerFacts = {
  status: "active",
  suspendedReason: null,
  suspendedBy: null,
  startsBlockedReason: null,
  overdue: null,
  trialEndsAt: null,
};
const debt = {
  number: "HB-2026-000007",
  since: new Date("2026-11-17T12:00:00Z"),
  count: 1,
  dueMicros: 12_500_000n,
};

describe("how a customer stands", () => {
  it("is active when there is nothing to say", () => {
    expect(statesOf(fine, now)).toEqual([{ kind: "active", reason: null }]);
    expect(statesOf({ ...fine, trialEndsAt: now }, now)).toEqual([{ kind: "active", reason: null }]);
  });

  it("is all that it is, the worst first, with the reasons", () => {
    const facts = {
      status: "suspended",
      suspendedBy: "dunning",
      suspendedReason: "Invoice HB-2026-000007 is not paid.",
      startsBlockedReason: "Invoice HB-2026-000007 is not paid.",
      overdue: debt,
      trialEndsAt: new Date("2026-12-01T00:00:00Z"),
    };
    expect(statesOf(facts, now)).toEqual([
      { kind: "suspended", reason: "For a debt: Invoice HB-2026-000007 is not paid." },
      { kind: "starts_blocked", reason: "New runs do not start. Invoice HB-2026-000007 is not paid." },
      { kind: "overdue", reason: "Invoice HB-2026-000007, $12.50, for 9 days." },
      { kind: "trialing", reason: "Until 1 December 2026." },
    ]);
  });

  it.each([
    [new Date("2026-11-26T11:00:00Z"), 1, "Invoice HB-2026-000007, $12.50, since today."],
    [new Date("2026-11-25T11:00:00Z"), 1, "Invoice HB-2026-000007, $12.50, since yesterday."],
    [new Date("2026-11-24T11:00:00Z"), 3, "Invoice HB-2026-000007 and 2 more, $12.50, for 2 days."],
  ])("is overdue since %s with %s: %s", (since, count, reason) => {
    expect(statesOf({ ...fine, overdue: { ...debt, since, count } }, now)).toEqual([
      { kind: "overdue", reason },
    ]);
  });

  it.each([
    ["admin", "By the platform: Abuse"],
    ["partner", "By you: Abuse"],
    [null, "Suspended: Abuse"],
  ])("is suspended by %s", (suspendedBy, reason) => {
    expect(statesOf({ ...fine, status: "suspended", suspendedBy, suspendedReason: "Abuse" }, now)).toEqual([
      { kind: "suspended", reason },
    ]);
  });
});
