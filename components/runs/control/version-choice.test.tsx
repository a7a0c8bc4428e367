import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { NewestVersion } from "@/lib/runs/newest-version";
import { VersionChoice } from "./version-choice";

it("says what the newest version is, and that what is not published is not in it", () => {
  const said = (newestIs: NewestVersion | null) =>
    renderToStaticMarkup(<VersionChoice on="same" onChange={() => {}} newestIs={newestIs} />);
  const published = { of: "published", version: 3 } as const;
  const newer = said({ ...published, isDraftNewer: true });
  expect(newer).toContain("Version 3, which is published now");
  expect(newer).toContain("publish them first");
  expect(said({ ...published, isDraftNewer: false })).not.toContain("draft");
  expect(said({ ...published, version: null, isDraftNewer: true })).toContain("nothing of this workflow is");
  expect(said({ of: "draft" })).toContain("The draft as it is now");
  expect(said({ of: "agent" })).toContain("The agent as it is now");
  expect(said(null)).toContain("for a run of a draft");
});
