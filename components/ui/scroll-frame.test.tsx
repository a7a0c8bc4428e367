import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { ScrollFrame } from "./scroll-frame";

it("can be reached by keyboard before its scripts run, as it may be wider than a phone", () => {
  const html = renderToString(<ScrollFrame className="wide">a table</ScrollFrame>);
  expect(html).toBe(
    '<div tabindex="0" role="group" aria-label="Table, scrolls sideways" class="wide">a table</div>',
  );
});
