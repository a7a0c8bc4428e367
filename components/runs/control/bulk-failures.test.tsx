import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { BulkResult } from "@/lib/runs/commands/one-of-many";
import { BulkFailures, failuresOf } from "./bulk-failures";

it("names the runs that were refused, whatever is chosen afterwards", () => {
  const results: readonly BulkResult[] = [
    { executionId: "0190aaaa-1", ok: true, startedId: null },
    { executionId: "0190aaaa-2", ok: false, code: "precondition", message: "It has ended." },
    { executionId: "0190aaaa-3000-7000", ok: false, code: "not_found", message: "It is gone." },
  ];
  const failures = failuresOf(results, [
    { id: "0190aaaa-1", name: "Nightly import" },
    { id: "0190aaaa-2", name: "Answer a question" },
  ]);
  const html = renderToStaticMarkup(<BulkFailures failures={failures} />);
  expect(html).toContain("It did not work for 2 runs.");
  expect(html).toMatch(/>Answer a question<\/a>: It has ended\./);
  expect(html).toMatch(/>0190aaaa-3000<\/a>: It is gone\./);
  expect(html).not.toContain("Nightly import");
});
