import type { Locator, Page } from "@playwright/test";
import { type ConsoleKind, navigationOf } from "@/components/shell/navigation";
import { expectAccessible } from "./accessibility";
import type { Who } from "./demo";
import { expect, signIn, signInByForm, test, visit } from "./fixtures";
import { expectNoSideScroll, expectNoTransition } from "./pages";

const CONSOLES: ReadonlyArray<{ who: Who; kind: ConsoleKind; isAdmin: boolean }> = [
  { who: "tenantAdmin", kind: "tenant", isAdmin: true },
  { who: "member", kind: "tenant", isAdmin: false },
  { who: "partner", kind: "partner", isAdmin: true },
  { who: "appAdmin", kind: "admin", isAdmin: true },
];
const PUBLIC = ["/", "/docs/expressions", "/sign-in", "/sign-up", "/forgot-password"];

/** Visits each as a desktop shows it in the light, and looks again at what a phone shows of it in the dark. */
async function visitAll(page: Page, paths: readonly string[]): Promise<void> {
  const ahead: string[] = [];
  page.on("request", (request) => {
    if (request.headers()["next-router-prefetch"]) ahead.push(request.url());
  });
  for (const path of paths) {
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.emulateMedia({ colorScheme: "light" });
    await test.step(path, () => visit(page, path));
    await page.setViewportSize({ width: 380, height: 800 });
    await page.emulateMedia({ colorScheme: "dark" });
    await test.step(`${path}, dark, 380 pixels wide`, async () => {
      await expectNoTransition(page);
      await expectNoSideScroll(page);
      await expectAccessible(page);
    });
  }
  // Each link of a page would ask twice for what is made anew when it is followed.
  expect(ahead).toEqual([]);
}

for (const { who, kind, isAdmin } of CONSOLES) {
  const paths = navigationOf(kind, isAdmin).flatMap(({ items }) => items.map(({ href }) => href));

  test(`every section of the ${kind} console opens for ${who}, and fits a phone in the dark`, async ({
    page,
  }) => {
    expect(paths.length).toBeGreaterThan(3);
    await signInByForm(page, who);
    await visitAll(page, paths);
  });
}

test("the public pages open for anybody, and fit a phone in the dark", ({ page }) => visitAll(page, PUBLIC));

test("a chart names several days on a phone, each of them whole", async ({ page }) => {
  await signIn(page, "appAdmin");
  await page.setViewportSize({ width: 390, height: 800 });
  await visit(page, "/admin");
  const drawing = page.getByRole("img", { name: /table below it/ }).locator("svg");
  const days = drawing.getByText(/^\d{1,2} [A-Z][a-z]{2,3}$/);
  await expect.poll(() => days.count()).toBeGreaterThan(1);
  const edgeOf = async (part: Locator) => {
    const box = await part.boundingBox();
    return (box?.x ?? 0) + (box?.width ?? 0);
  };
  expect(await edgeOf(days.last())).toBeLessThanOrEqual(await edgeOf(drawing));
});
