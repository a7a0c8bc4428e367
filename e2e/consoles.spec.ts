import type { Page } from "@playwright/test";
import { type ConsoleKind, navigationOf } from "@/components/shell/navigation";
import type { Who } from "./demo";
import { expect, signIn, signInByForm, test, visit } from "./fixtures";
import { expectNoSideScroll } from "./pages";

const CONSOLES: ReadonlyArray<{ who: Who; kind: ConsoleKind; isAdmin: boolean }> = [
  { who: "tenantAdmin", kind: "tenant", isAdmin: true },
  { who: "member", kind: "tenant", isAdmin: false },
  { who: "partner", kind: "partner", isAdmin: true },
  { who: "appAdmin", kind: "admin", isAdmin: true },
];
const PUBLIC = ["/", "/docs/expressions", "/sign-in", "/sign-up", "/forgot-password"];

async function visitAll(page: Page, paths: readonly string[]): Promise<void> {
  for (const path of paths) await test.step(path, () => visit(page, path));
}

async function visitAllNarrow(page: Page, paths: readonly string[]): Promise<void> {
  await page.setViewportSize({ width: 380, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  for (const path of paths) {
    await test.step(`${path}, dark, 380 pixels wide`, async () => {
      await visit(page, path);
      await expectNoSideScroll(page);
    });
  }
}

for (const { who, kind, isAdmin } of CONSOLES) {
  const paths = navigationOf(kind, isAdmin).flatMap(({ items }) => items.map(({ href }) => href));

  test(`every section of the ${kind} console opens for ${who}`, async ({ page }) => {
    expect(paths.length).toBeGreaterThan(3);
    await signInByForm(page, who);
    await visitAll(page, paths);
  });

  test(`every section of the ${kind} console fits a phone in the dark for ${who}`, async ({ page }) => {
    await signIn(page, who);
    await visitAllNarrow(page, paths);
  });
}

test("the public pages open for anybody", async ({ page }) => {
  await visitAll(page, PUBLIC);
  await visitAllNarrow(page, PUBLIC);
});
