import { expect, it } from "vitest";
import { fitting } from "./fitting";

const entries = [
  { label: "Settings", keywords: ["name", "workspace"] },
  { label: "Sign out" },
  { label: "Hire an agent", keywords: ["new", "create"] },
  { label: "New workflow" },
  { label: "New API key" },
];
const labels = (search: string) => fitting(entries, search).map(({ label }) => label);

it("puts first what fits best, and keeps the order of what fits alike", () => {
  expect(labels("new")).toEqual(["New workflow", "New API key", "Hire an agent", "Settings"]);
  expect(labels("set")).toEqual(["Settings"]);
  expect(labels("create")).toEqual(["Hire an agent"]);
  expect(labels("zebra")).toEqual([]);
});
