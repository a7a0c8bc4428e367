import { type APIRequestContext, expect, type Locator, type Page, type Request } from "@playwright/test";
import { Caller } from "./caller";

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
  // A mail is what holds the address and one link.
  const mail = `//*[descendant::*[text()="${email}"]][count(descendant::a) = 1]`;
  const link = page.locator(`xpath=${mail}//a[contains(@href, "/${part}/")]`).first();
  // Some are written after what they tell of, by whoever heard of it first.
  await expect(async () => {
    await page.goto(`/outbox?to=${encodeURIComponent(email)}`);
    await expect(link).toBeAttached({ timeout: 1_000 });
  }).toPass();
  const href = await link.getAttribute("href");
  return new URL(href ?? "", page.url()).pathname;
}

/** A network nobody else calls from (RFC 3849): one address may sign up, and confirm, only so many people in an hour. */
export function ownNetwork(): string {
  made += 1;
  return `2001:db8:${process.pid.toString(16).slice(-4)}:${made.toString(16)}::1`;
}

/** An account with a workspace of its own, confirmed and signed in. The pages of it have a journey of their own. */
export async function signUp(page: Page, account: Account): Promise<void> {
  const caller = new Caller("newcomer", page.request, process.env.E2E_BASE_URL ?? "");
  const network = { "x-forwarded-for": ownNetwork() };
  await caller.must("signUpAction", account, network);
  const token = await caller.mailed(account.email, "verify-email");
  await caller.must("verifyEmailAction", { token }, network);
  await caller.signIn(account);
}

/** The demo workspace's workflow that the seed has published. */
export async function publishedWorkflowId(api: APIRequestContext): Promise<string> {
  const { data } = await (await api.get("/api/v1/workflows?status=active&q=Answer%20a%20customer")).json();
  return data.find((one: { name: string }) => one.name === "Answer a customer").id;
}

/**
 * Asserts that the page comes to fit the width of the window: only what scrolls by itself may be wider. A chart is drawn
 * anew once it has been told of a window that became narrower.
 */
export async function expectNoSideScroll(page: Page): Promise<void> {
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect.poll(overflow, `how much wider than the window ${page.url()} is`).toBeLessThanOrEqual(0);
}

/** For who asked for no motion, a change of colours is there at once: nothing is on its way to its new colour. */
export async function expectNoTransition(page: Page): Promise<void> {
  const moving = await page.evaluate(() =>
    document.getAnimations().flatMap((one) => (one instanceof CSSTransition ? [one.transitionProperty] : [])),
  );
  expect(moving).toEqual([]);
}

/** Connects a node to another where its settings list what it can be connected to. */
export async function connectTo(settings: Locator, target: string, label = "Connect to…"): Promise<void> {
  await settings.getByRole("button", { name: label }).click();
  await settings.page().getByRole("menuitem", { name: target, exact: true }).click();
}

/** Keeps scripts that the page asks for from now on; the answer lets them go. */
export async function holdScripts(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/_next/static/**/*.js", async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** Keeps pages that are asked for from now on, as a slow server does; the answer lets them go. */
export async function holdPages(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/*", async (route) => {
    if (route.request().headers().rsc && route.request().method() === "GET") await released;
    await route.fallback();
  });
  return release;
}

/** Keeps what is asked of the server by actions from now on; the answer lets it go, or breaks its connection. */
export async function holdActions(page: Page): Promise<(isBroken?: "broken") => void> {
  let end: (isBroken?: "broken") => void = () => {};
  const ended = new Promise<"broken" | undefined>((resolve) => {
    end = resolve;
  });
  await page.route("**/*", async (route) => {
    const isAction = route.request().headers()["next-action"] !== undefined;
    if (isAction && (await ended)) await route.abort();
    else await route.fallback();
  });
  return end;
}

/**
 * Comes once the answer to a request was read. Where a browser is busy it calls an answer aborted that the page has read
 * to its end; `finished()` of such an answer never comes.
 */
export async function answerRead(page: Page, isIt: (request: Request) => boolean): Promise<void> {
  const ended = await Promise.race([
    page.waitForEvent("requestfinished", isIt),
    page.waitForEvent("requestfailed", isIt),
  ]);
  expect((await ended.response())?.ok()).toBe(true);
}

/** Sends a document that is kept on its way; the answer lets it arrive, or breaks its connection. */
export async function sendSlowly(page: Page, title: string): Promise<(isBroken?: "broken") => void> {
  const { promise: ended, resolve } = Promise.withResolvers<"broken" | undefined>();
  await page.route("**/app/knowledge/upload**", async (route) => {
    if (await ended) await route.abort();
    else await route.continue();
  });
  await page
    .getByLabel("Files to add")
    .setInputFiles({ name: `${title}.md`, mimeType: "text/markdown", buffer: Buffer.from(`# ${title}`) });
  await expect(page.getByRole("progressbar", { name: `Sending ${title}.md` })).toBeVisible();
  return (isBroken) => resolve(isBroken);
}
