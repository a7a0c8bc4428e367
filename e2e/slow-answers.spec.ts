import type { Request } from "@playwright/test";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { askingGraph } from "./asking";
import { Caller } from "./caller";
import { expect, signIn, test } from "./fixtures";
import { holdActions, holdPages, sendSlowly, signUp, somebody } from "./pages";
import { create, fillIn, newTrigger } from "./triggers";

test("what fails once its dialog was closed is said all the same", async ({ page }) => {
  await signUp(page, somebody("Closed"));
  await page.goto("/app/team");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill("somebody@example.com");
  const end = await holdActions(page);
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard changes" }).click();
  // Not only hidden by the question over it, which hides all else from who asks for roles.
  await expect(page.locator("[role=dialog], [role=alertdialog]")).toHaveCount(0);
  end("broken");
  await expect(page.getByText("The server could not be reached. Try again.", { exact: true })).toBeVisible();
});

test("a question stays until what was answered is done", async ({ page }) => {
  await signUp(page, somebody("Asked"));
  await page.goto("/app/billing/caps");
  await page.getByRole("button", { name: "Set a cap" }).click();
  const amount = page.getByRole("dialog").getByLabel("At most, in dollars");
  await amount.fill("50");
  await amount.press("Enter");
  await page.getByRole("button", { name: "Remove" }).click();
  const question = page.getByRole("alertdialog");
  const end = await holdActions(page);
  await question.getByRole("button", { name: "Remove" }).click();
  await page.keyboard.press("Escape");
  end("broken");
  await expect(
    question.getByText("The server could not be reached. Try again.", { exact: true }),
  ).toBeVisible();
});

test("a schedule that is tried starts one run, however long its page takes", async ({ page }) => {
  await signIn(page, "member");
  const member = new Caller("member", page.request, process.env.E2E_BASE_URL ?? "");
  const output = testNode("output", "output", {
    fields: [{ key: "result", mode: "template", value: "done" }],
  });
  const graph = testGraph([testNode("input", "input"), output], [testEdge("input", "output")]);
  const workflowId = await member.publish(somebody("once").workspaceName, graph);
  await newTrigger(page, workflowId, "schedule", "Once");
  await fillIn(page, "settings.input", { text: "x" });
  await create(page, "Once");
  const release = await holdPages(page);
  const start = page.getByRole("button", { name: "Start one now" });
  const onItsWay = page.waitForRequest(/\/app\/runs\/[0-9a-f-]{36}/);
  await start.click();
  await onItsWay;
  // Pressed as it is: Playwright itself would wait for a button that is busy.
  await start.click({ force: true });
  release();
  await expect(page).toHaveURL(/\/app\/runs\/[0-9a-f-]{36}/);
  await page.goto(`/app/runs?workflowId=${workflowId}`);
  await expect(page.getByRole("row")).toHaveCount(2);
});

test("what was not marked as read is unread again, and the bell says so", async ({
  page,
  baseURL,
  playwright,
}) => {
  await signUp(page, somebody("Bell"));
  const caller = new Caller("maker", page.request, baseURL ?? "");
  const output = testNode("output", "output", {
    fields: [{ key: "result", mode: "expression", value: "int(input.text)" }],
  });
  const graph = testGraph([testNode("input", "input"), output], [testEdge("input", "output")]);
  const workflowId = await caller.publish("Digest", graph);
  const { key } = (await caller.must("createApiKeyAction", {
    name: "Journey",
    scopes: ["workflows:run"],
    expiry: "30",
  })) as { key: string };
  const api = await playwright.request.newContext({
    ...(baseURL ? { baseURL } : {}),
    extraHTTPHeaders: { authorization: `Bearer ${key}` },
  });
  const started = await api.post(`/api/v1/workflows/${workflowId}/runs`, { data: { input: { text: "x" } } });
  expect(started.status(), await started.text()).toBeLessThan(300);
  await api.dispose();
  const bell = page.getByRole("button", { name: /^Notifications/ });
  await expect(async () => {
    await page.goto("/app");
    await expect(bell).toHaveAccessibleName("Notifications, 1 unread", { timeout: 10_000 });
  }).toPass();
  await bell.click();
  const end = await holdActions(page);
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect(page.getByRole("button", { name: "Mark all as read" })).toBeHidden();
  end("broken");
  await expect(page.getByText("The server could not be reached. Try again.", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Mark all as read" })).toBeVisible();
});

test("what a run will cost is not asked for ever", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/workflows?q=Answer+a+customer");
  await page.getByRole("link", { name: "Answer a customer", exact: true }).first().click();
  await expect(page.locator(".react-flow__node").first()).toBeVisible();
  const end = await holdActions(page);
  end("broken");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText(/^What it will cost could not be worked out/)).toBeVisible();
});

test("a page stays when its reader cannot be signed out, and says so", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/agents/new");
  const name = page.getByLabel("Name", { exact: true });
  await name.fill("Not saved yet");
  const end = await holdActions(page);
  end("broken");
  await page.getByRole("button", { name: /^Menu of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByText("The server could not be reached. Try again.", { exact: true })).toBeVisible();
  await expect(name).toHaveValue("Not saved yet");
});

test("a file that does not arrive is told of, also once its page was left", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/knowledge");
  const end = await sendSlowly(page, "Lost");
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Agents" }).click();
  await expect(page).toHaveURL(/\/app\/agents$/);
  end("broken");
  await expect(page.getByText("Lost.md was not added.", { exact: true })).toBeVisible();
});

test("a list that follows what is under way stays while the server is not there, and goes on once it is", async ({
  page,
}) => {
  await signUp(page, somebody("Offline"));
  const asker = new Caller("asker", page.request, process.env.E2E_BASE_URL ?? "");
  const workflowId = await asker.publish("Waits", askingGraph());
  await asker.must("startWorkflowRunAction", { workflowId, input: { text: "x" } });
  await page.goto("/app/runs");
  await expect(page.getByText("Waits for an answer: Go on?")).toBeVisible();
  const chosen = page.getByRole("checkbox", { name: /^Choose the run of Waits/ });
  await chosen.check();

  // One reading has just come: none is on its way as the server goes.
  const isReading = (request: Request) => request.headers().rsc !== undefined && request.method() === "GET";
  await page.waitForResponse((response) => isReading(response.request()));
  let refused = 0;
  await page.route("**/*", (route) => {
    refused += 1;
    return route.abort();
  });
  await expect.poll(() => refused).toBeGreaterThan(2);
  await expect(chosen).toBeChecked();
  const read = page.waitForRequest(isReading);
  await page.unrouteAll();
  await read;
  await expect(chosen).toBeChecked();
});
