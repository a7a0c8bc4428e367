import { describe, expect, it } from "vitest";
import { activeHref, isWorkbench, navigationOf } from "@/components/shell/navigation";

describe("navigation", () => {
  it("lights up one item: the section, not the home it lies under", () => {
    const groups = navigationOf("tenant", true);
    expect(activeHref(groups, "/app")).toBe("/app");
    expect(activeHref(groups, "/app/runs/0192f0")).toBe("/app/runs");
    expect(activeHref(groups, "/app/runsheet")).toBeNull();
    expect(activeHref(groups, "/app/notifications")).toBeNull();
    expect(activeHref(groups, "/partner")).toBeNull();
  });

  it("keeps a section and its longer neighbour apart", () => {
    const groups = navigationOf("admin", true);
    expect(activeHref(groups, "/admin/ledger-check")).toBe("/admin/ledger-check");
    expect(activeHref(groups, "/admin/ledger/x")).toBe("/admin/ledger");
  });

  it("leaves the editor its room, and no page about a workflow", () => {
    expect(isWorkbench("/app/workflows/0192f0")).toBe(true);
    expect(isWorkbench("/app/workflows")).toBe(false);
    expect(isWorkbench("/app/workflows/0192f0/versions")).toBe(false);
    expect(isWorkbench("/app/runs/0192f0")).toBe(false);
  });

  it("leaves out what only admins use", () => {
    const hrefs = (isAdmin: boolean) =>
      navigationOf("tenant", isAdmin).flatMap((group) => group.items.map((item) => item.href));
    expect(hrefs(false)).not.toContain("/app/billing");
    expect(hrefs(false)).toContain("/app/team");
    expect(hrefs(true)).toContain("/app/billing");
  });
});
