import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { scheduleConfig } from "@/lib/triggers/input";
import { inputField } from "@/lib/workflows/kinds/input";
import { ScheduleFacts } from "./schedule-facts";

/** What stands beside a yes-or-no field of a schedule's input. */
function shownFor(input: Record<string, string | boolean>, preset?: string): string | undefined {
  const field = inputField.parse({
    key: "urgent",
    label: "Urgent",
    type: "boolean",
    required: false,
    default: preset,
  });
  const config = scheduleConfig.parse({ cron: "0 9 * * *", timeZone: "UTC", input });
  const html = renderToStaticMarkup(<ScheduleFacts config={config} fields={[field]} failuresInRow={0} />);
  return /Urgent<\/dt><dd[^>]*>(.*?)<\/dd>/.exec(html)?.[1]?.replace(/<[^>]*>/g, "");
}

it("says yes or no of a box, however it was kept, as a run is given it", () => {
  expect(shownFor({ urgent: "true" })).toBe("Yes");
  expect(shownFor({ urgent: "false" })).toBe("No");
  expect(shownFor({ urgent: true })).toBe("Yes");
  expect(shownFor({}, "true")).toBe("Yes");
  expect(shownFor({})).toBe("No");
});
