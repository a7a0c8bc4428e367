import { type APIRequestContext, expect, type Page } from "@playwright/test";
import { signInAs } from "./fixtures";

export type Account = { fullName: string; workspaceName: string; email: string; password: string };

const RUN = Date.now().toString(36);
let made = 0;

/** Somebody nobody has met: every test brings its own people and never waits for another's. */
export function somebody(name: string): Account {
  made += 1;
  const tag = `${RUN}-${process.pid}-${made}`;
  return {
    fullName: `${name} Tester`,
    workspaceName: `${name} Works ${tag}`,
    email: `${name.toLowerCase()}.${tag}@example.com`,
    password: `Quiet-harbour-${tag}`,
  };
}

/** The address in the newest mail to somebody, which the outbox page shows where there is no mail server. */
export async function mailedPath(page: Page, email: string, part: string): Promise<string> {
  await page.goto("/outbox");
  // A mail is what holds the address and one link.
  const mail = `//*[descendant::*[text()="${email}"]][count(descendant::a) = 1]`;
  const link = page.locator(`xpath=${mail}//a[contains(@href, "/${part}/")]`).first();
  const href = await link.getAttribute("href");
  return new URL(href ?? "", page.url()).pathname;
}

/** From the sign-up form to the signed-in console, by the link in the mail. */
export async function signUp(page: Page, account: Account): Promise<void> {
  await page.goto("/sign-up");
  await page.getByLabel("Your name").fill(account.fullName);
  await page.getByLabel("Workspace").fill(account.workspaceName);
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Create workspace" }).click();
  await expect(page).toHaveURL(/\/verify-email$/);
  await page.goto(await mailedPath(page, account.email, "verify-email"));
  await page.getByRole("button", { name: "Confirm e-mail address" }).click();
  await expect(page).toHaveURL(/\/sign-in\?notice=verified$/);
  await signInAs(page, account.email, account.password);
  await expect(page).toHaveURL(/\/app$/);
}

/** The demo workspace's workflow that the seed has published. */
export async function publishedWorkflowId(api: APIRequestContext): Promise<string> {
  const { data } = await (await api.get("/api/v1/workflows?status=active")).json();
  return data.find((one: { name: string }) => one.name === "Answer a customer").id;
}

/** Asserts that the page fits the width of the window: only what scrolls by itself may be wider. */
export async function expectNoSideScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `how much wider than the window ${page.url()} is`).toBeLessThanOrEqual(0);
}
