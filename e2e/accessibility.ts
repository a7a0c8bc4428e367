import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import type { AxeResults, RunOptions } from "axe-core";

/** WCAG 2.2 A and AA. What passed needs no list of its own. */
const OPTIONS: RunOptions = {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
  resultTypes: ["violations"],
  elementRef: false,
};

let source: string | undefined;

/** Asserts that axe finds nothing serious or critical on the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    // A page that was gone to by a link gets its title behind its content.
    await expect(page).toHaveTitle(/\S/);
    const { serious, hasMoved } = await lookThrough(page);
    // What faded while it was looked at, as a message does whose time is up, or got another title, is looked at again.
    if (serious.length > 0 && hasMoved && looks < 5) continue;
    expect(serious, `accessibility of ${page.url()}`).toEqual([]);
    return;
  }
}

/** Asserts that no heading of the page's content is more than one level below the one before it. */
export async function expectHeadingsInOrder(page: Page): Promise<void> {
  const headings = await page
    .locator("main :is(h1, h2, h3, h4, h5, h6)")
    .evaluateAll((all) => all.map(({ tagName, textContent }) => `${tagName} ${textContent}`));
  const levelOf = (heading = "H0") => Number(heading[1]);
  expect(headings).not.toEqual([]);
  const tooLow = headings.filter((heading, index) => levelOf(heading) - levelOf(headings[index - 1]) > 1);
  expect(tooLow, `headings of ${page.url()} that leave out a level`).toEqual([]);
}

/** What axe finds once nothing moves any more, and whether something began to move nevertheless. */
async function lookThrough(page: Page): Promise<{ serious: string[]; hasMoved: boolean }> {
  const seen = await page.evaluateHandle(() => {
    const state = { hasMoved: false };
    for (const type of ["animationstart", "transitionrun"])
      addEventListener(type, () => Object.assign(state, { hasMoved: true }), { capture: true });
    new MutationObserver(() => Object.assign(state, { hasMoved: true })).observe(document.head, {
      childList: true,
      subtree: true,
    });
    return state;
  });
  // A colour in the middle of a transition has a contrast nobody ever sees.
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        (one) =>
          one.playState !== "running" || one.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY,
      ),
  );
  const violations = await violationsOf(page);
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, help, nodes }) => `${id}: ${help} at ${nodes.map(({ target }) => target.join(" ")).join("; ")}`,
    );
  return { serious, hasMoved: await seen.evaluate((state) => state.hasMoved || document.title === "") };
}

type Axe = { readonly run: (context: Document, options: RunOptions) => Promise<AxeResults> };

/** Reading axe takes a page as long as using it does, so that it is given to a page once. */
async function violationsOf(page: Page): Promise<AxeResults["violations"]> {
  if (!(await page.evaluate(() => "axe" in window))) {
    source ??= readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await page.evaluate(source);
  }
  return page.evaluate(async (options) => {
    const { axe } = window as unknown as { axe: Axe };
    return (await axe.run(document, options)).violations;
  }, OPTIONS);
}
