import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { InvoiceTotal } from "./invoice-total";

const shown = (invoice: { status: string; paidCents: bigint; creditedCents: bigint }) =>
  renderToStaticMarkup(<InvoiceTotal invoice={{ totalAmount: "70.00", ...invoice }} />)
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();

it("says of a total in a list what was credited and what is due, and nothing where it is the whole story", () => {
  expect(shown({ status: "pending", paidCents: 0n, creditedCents: 2_000n })).toBe(
    "$70.00 Credit notes −$20.00 Due $50.00",
  );
  expect(shown({ status: "paid", paidCents: 5_000n, creditedCents: 2_000n })).toBe(
    "$70.00 Credit notes −$20.00",
  );
  for (const [status, paidCents] of [
    ["pending", 0n],
    ["paid", 7_000n],
  ] as const)
    expect(shown({ status, paidCents, creditedCents: 0n })).toBe("$70.00");
});
