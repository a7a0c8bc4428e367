import type { Page } from "@playwright/test";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { expectAccessible, expectHeadingsInOrder } from "./accessibility";
import { Caller } from "./caller";
import { expect, test, visit } from "./fixtures";
import { expectNoSideScroll, signUp, somebody } from "./pages";

/** A workflow that asks whether to pay, and up to how much. */
const graphOf = (more: { timeoutHours?: number } = {}) =>
  testGraph(
    [
      testNode("input", "input"),
      testNode("approval", "approval", {
        title: "Pay {{ input.text }}?",
        message: "### Crates\n\nThe invoice is **due**.\n\n- 4,000 for crates",
        fields: [{ key: "limit", label: "Up to", type: "number", required: true }],
        who: "anyone",
        userIds: [],
        ...more,
      }),
      testNode("yes", "output", {
        fields: [{ key: "result", mode: "template", value: "Paid up to {{ approval.answer.limit }}" }],
      }),
      testNode("no", "output", { fields: [{ key: "result", mode: "template", value: "Refused" }] }),
    ],
    [
      testEdge("input", "approval"),
      testEdge("approval", "yes", "approved"),
      testEdge("approval", "no", "rejected"),
      ...(more.timeoutHours ? [testEdge("approval", "no", "timeout")] : []),
    ],
  );

/** Starts a run that asks, as the person of the page. @returns the run's id */
async function ask(page: Page, origin: string, graph = graphOf()): Promise<string> {
  const caller = new Caller("asker", page.request, origin);
  const workflowId = await caller.publish("Payments", graph);
  const run = await caller.must("startWorkflowRunAction", { workflowId, input: { text: "Greenway" } });
  return (run as { executionId: string }).executionId;
}

const TITLE = "Pay Greenway?";

test("a run asks, the bell and the inbox say so, one answer counts and lets the run go on", async ({
  page,
  baseURL,
}) => {
  const person = somebody("Petra");
  await signUp(page, person);
  await visit(page, "/app/approvals");
  await expect(page.getByRole("heading", { name: "Nothing waits for you" })).toBeVisible();
  const executionId = await ask(page, baseURL ?? "");

  const bell = page.getByRole("button", { name: /^Notifications/ });
  await expect(async () => {
    await page.goto("/app");
    await expect(bell).toHaveAccessibleName("Notifications, 1 unread", { timeout: 10_000 });
  }).toPass();
  await expect(page.getByRole("link", { name: /Approvals\s*1 waiting for you/ })).toBeVisible();
  await bell.click();
  await expect(page.getByRole("dialog", { name: "Notifications" })).toContainText(TITLE);
  await expectAccessible(page);

  await page.goto("/app/approvals");
  await expect(page.getByRole("link", { name: TITLE })).toBeVisible();
  await page.goto(`/app/runs/${executionId}`);
  await page.getByRole("link", { name: "Answer it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: TITLE })).toBeVisible();
  await expect(page.getByText("4,000 for crates")).toBeVisible();
  await expectAccessible(page);
  await expectHeadingsInOrder(page);
  const address = page.url();
  const other = await page.context().newPage();
  await other.goto(address);
  await expect(other.getByLabel("Up to")).toBeVisible();
  const third = await page.context().newPage();
  await third.goto(address);
  await expect(third.getByLabel("Up to")).toBeVisible();

  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText("Fill in “Up to”.")).toBeVisible();
  await page.getByLabel("Up to").fill("4000");
  await page.getByLabel("Comment").fill("As ordered");
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText(`${person.fullName} approved this`)).toBeVisible();
  await expect(page.getByText("As ordered")).toBeVisible();
  await expect(page.getByRole("link", { name: /Approvals\s*1 waiting for you/ })).toBeHidden();

  await other.getByLabel("Up to").fill("1");
  await other.getByRole("button", { name: "Approve" }).click();
  await expect(other.getByText(`${person.fullName} has approved this already.`)).toBeVisible();
  await other.close();

  // As when somebody comes back to a tab.
  await third.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(third.getByText(`${person.fullName} approved this`)).toBeVisible();
  await third.close();

  await page.getByRole("link", { name: "See the run" }).click();
  await expect(page).toHaveURL(new RegExp(`/app/runs/${executionId}`));
  await expect(page.getByText("Completed").first()).toBeVisible();
  await expect(page.getByText("Paid up to 4000").first()).toBeVisible();

  await page.setViewportSize({ width: 380, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  for (const path of [address, "/app/approvals?show=answered", "/app/notifications"]) {
    await visit(page, path);
    await expectNoSideScroll(page);
  }
});

test("a question whose time is up while somebody reads it closes before their eyes", async ({
  page,
  baseURL,
}) => {
  await signUp(page, somebody("Lena"));
  const executionId = await ask(page, baseURL ?? "", graphOf({ timeoutHours: 30 / 3_600 }));
  await page.goto(`/app/runs/${executionId}`);
  await page.getByRole("link", { name: "Answer it" }).click();
  await page.getByLabel("Comment").fill("Not yet");
  const end = page.getByText("The time for an answer was over before anybody gave one.");
  // Longer than the question is open.
  await expect(end).toBeVisible({ timeout: 60_000 });
});
