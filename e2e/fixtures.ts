import { type APIRequestContext, test as base, expect, type Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { Caller } from "./caller";
import { demo, type Who } from "./demo";

type Fixtures = {
  /** `/api/v1` as the demo tenant's API key. */
  api: APIRequestContext;
  /** Fails the test when a page threw, broke the content policy, or got a server error. */
  noPageErrors: undefined;
};

/** Playwright's test with what every journey needs. */
export const test = base.extend<Fixtures>({
  api: async ({ playwright, baseURL }, use) => {
    const api = await playwright.request.newContext({
      ...(baseURL ? { baseURL } : {}),
      extraHTTPHeaders: { authorization: `Bearer ${demo().apiKey}` },
    });
    await use(api);
    await api.dispose();
  },
  noPageErrors: [
    async ({ page }, use) => {
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error" && /Content Security Policy|hydrat/i.test(message.text())) {
          problems.push(message.text());
        }
      });
      page.on("response", (response) => {
        if (response.status() >= 500) problems.push(`${response.status()} ${response.url()}`);
      });
      await use(undefined);
      expect(problems, "errors on the pages of this journey").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Signs somebody in without the pages of it, which have journeys of their own. The page stays where it is. */
export async function enter(page: Page, person: { email: string; password: string }): Promise<void> {
  await new Caller("visitor", page.request, process.env.E2E_BASE_URL ?? "").signIn(person);
}

/** Signs in one of the demo's people, as `enter` does. */
export function signIn(page: Page, who: Who): Promise<void> {
  return enter(page, demo().users[who]);
}

/** Signs in through the form and waits for the console of that person. */
export async function signInByForm(page: Page, who: Who): Promise<void> {
  const { email, password } = demo().users[who];
  await signInAs(page, email, password);
  await expect(page).toHaveURL(CONSOLE[who]);
}

const CONSOLE: Readonly<Record<Who, RegExp>> = {
  tenantAdmin: /\/app(\/|\?|$)/,
  member: /\/app(\/|\?|$)/,
  partner: /\/partner(\/|\?|$)/,
  appAdmin: /\/admin(\/|\?|$)/,
};

/** Fills in and sends the sign-in form; where it leads is the caller's to check. */
export async function signInAs(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Goes to a page, waits for its heading, and checks its accessibility. */
export async function visit(page: Page, path: string): Promise<void> {
  const response = await page.goto(path);
  expect(response?.status(), `status of ${path}`).toBe(200);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectAccessible(page);
}
