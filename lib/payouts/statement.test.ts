import { expect, it } from "vitest";
import { readParty } from "@/lib/billing/party";
import type { PayoutView } from "./read";
import { STATEMENT_HEADER, statementRows } from "./statement";

const SENT: PayoutView = {
  id: "0199aaaa-0000-7000-8000-000000000001",
  number: "PO-2026-000001",
  partnerId: "0199aaaa-0000-7000-8000-000000000002",
  partnerName: "Acme",
  status: "sent",
  periodStart: new Date("2026-10-01T00:00:00Z"),
  periodEnd: new Date("2026-11-01T00:00:00Z"),
  amountCents: 8_000n,
  reversedCents: 0n,
  heldReason: null,
  failure: null,
  method: null,
  reference: null,
  paidAt: null,
  gross: "80.000000",
  carryIn: "0.003000",
  carryOut: "0.003000",
  approvedAt: null,
  sentAt: null,
  payee: readParty(null, "Acme"),
  lines: [{ kind: "usage", tenantId: null, tenantName: null, note: null, entries: 2, amount: "80.000000" }],
};

const closing = (payout: PayoutView) =>
  statementRows(payout)
    .slice(payout.lines.length)
    .map((row) => [row[STATEMENT_HEADER.indexOf("for")], row[STATEMENT_HEADER.indexOf("amount_usd")]]);

const CARRIED = [
  ["Carried from before", "0.003000"],
  ["Carried to the next", "-0.003000"],
];

it("a statement ends with what is paid", () => {
  expect(closing(SENT)).toEqual([...CARRIED, ["Paid", "80.000000"]]);
});

it("a statement says what came back, and ends with what stays paid, as its page does", () => {
  expect(closing({ ...SENT, reversedCents: 3_000n })).toEqual([
    ...CARRIED,
    ["Came back", "-30.000000"],
    ["Paid", "50.000000"],
  ]);
});
