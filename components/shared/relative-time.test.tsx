import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { DateTime } from "./date-time";
import { RelativeTime } from "./relative-time";

it("writes a moment as it is written everywhere, with its month as a word", () => {
  const value = new Date("2026-03-12T09:05:00Z");
  const html = renderToStaticMarkup(<RelativeTime value={value} />);
  expect(html).toContain('title="12 Mar 2026, 09:05 UTC"');
  expect(html).toContain(">12 Mar 2026, 09:05 UTC<");
  expect(renderToStaticMarkup(<DateTime value={value} />)).toContain(">12 Mar 2026, 09:05 UTC<");
});
