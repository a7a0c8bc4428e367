import { expect, it } from "vitest";
import { stripePage } from "./page-address";

it("is at Stripe, over https, or nowhere", () => {
  const page = "https://invoice.stripe.com/i/acct_1/test_2?s=ap";
  expect(stripePage(page, null)).toBe(page);
  for (const other of [
    "http://invoice.stripe.com/i/1",
    "https://invoice.stripe.com:8443/i/1",
    "https://stripe.com.example.org/i/1",
    "https://notstripe.com/i/1",
    "javascript:alert(1)",
    "/i/1",
    "",
    null,
  ])
    expect(stripePage(other, null)).toBeNull();
});

it("is at the double where there is one, and nowhere else", () => {
  const base = "http://127.0.0.1:12111";
  expect(stripePage(`${base}/invoices/in_1`, base)).toBe(`${base}/invoices/in_1`);
  expect(stripePage("http://127.0.0.1:3000/invoices/in_1", base)).toBeNull();
});
