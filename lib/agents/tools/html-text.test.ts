import { expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import { htmlText } from "./html-text";

function outcome(html: string): string {
  try {
    return htmlText(html);
  } catch (error) {
    return error instanceof AppError ? String(error.reason) : String(error);
  }
}

it("gives the text of a page, however many elements stand beside each other", () => {
  const list = "<p>One<br>two<img src=x>".repeat(2_000);
  expect(outcome(`<html><body><h1>Terms</h1>${list}</body></html>`)).toContain("One\ntwo");
  expect(outcome(`${"<div>".repeat(500)}deep${"</div>".repeat(500)}`)).toBe("deep");
});

it.each(["<div>", "<div></x>", "<p><td>", "<b><i>", "<ul><li>"])(
  "refuses a page of nothing but %s, before it takes a minute",
  (tags) => {
    expect(outcome(tags.repeat(100_000))).toBe("page_too_deep");
  },
);
