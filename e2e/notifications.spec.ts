import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { API_SCOPES } from "@/lib/auth/permissions";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { expectAccessible } from "./accessibility";
import { Caller } from "./caller";
import { expect, test, visit } from "./fixtures";
import { expectNoSideScroll, signUp, somebody } from "./pages";

/** Fails at its output: the text is no number. */
const GRAPH = testGraph(
  [
    testNode("input", "input"),
    testNode("output", "output", {
      fields: [{ key: "result", mode: "expression", value: "int(input.text)" }],
    }),
  ],
  [testEdge("input", "output")],
);

type Received = { headers: IncomingHttpHeaders; body: string };

/** A program of the customer's that is out of order for its first message. */
async function receiver(): Promise<{ url: string; received: Received[]; close: () => void }> {
  const port = Number(process.env.E2E_RECEIVER_PORT);
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += String(part);
    });
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(received.length === 1 ? 500 : 204).end();
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${port}/hook`, received, close: () => server.close() };
}

function isSigned(secret: string, { headers, body }: Received): boolean {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return headers["webhook-signature"] === `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}

test("a run that fails by the API is told by the bell, and by a signed webhook that is tried again", async ({
  page,
  playwright,
  baseURL,
}) => {
  const hook = await receiver();
  await signUp(page, somebody("Hugo"));
  await visit(page, "/app/settings/webhooks");
  await page.getByRole("button", { name: "New endpoint" }).click();
  await page.getByLabel("Address").fill("https://10.0.0.1/hook");
  await page.getByRole("button", { name: "Add endpoint" }).click();
  await expect(page.getByText(/is not a public address/)).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Address").fill(hook.url);
  await page.getByRole("button", { name: "Add endpoint" }).click();
  const secret = (await page.getByTestId("new-webhook-secret").textContent()) ?? "";
  // It is shown this once: a key or a click that misses does not put it away.
  await page.keyboard.press("Escape");
  await page.mouse.click(5, 5);
  await expect(page.locator('main a[href^="/app/settings/webhooks/"]')).toHaveCount(1);
  await expect(page.getByTestId("new-webhook-secret")).toHaveText(secret);
  await page.getByRole("button", { name: "Done" }).click();

  const caller = new Caller("maker", page.request, baseURL ?? "");
  const workflowId = await caller.publish("Digest", GRAPH);
  const { key } = (await caller.must("createApiKeyAction", {
    name: "Journey",
    scopes: [...API_SCOPES],
    expiry: "30",
  })) as { key: string };
  const api = await playwright.request.newContext({
    ...(baseURL ? { baseURL } : {}),
    extraHTTPHeaders: { authorization: `Bearer ${key}` },
  });
  // What fails within ten minutes of the clock is one notification: both runs do, however slow the machine is.
  await expect.poll(() => Date.now() % 600_000, { timeout: 120_000 }).toBeLessThan(540_000);
  for (let index = 0; index < 2; index += 1) {
    const started = await api.post(`/api/v1/workflows/${workflowId}/runs`, {
      data: { input: { text: "x" } },
    });
    expect(started.status(), await started.text()).toBeLessThan(300);
  }
  await api.dispose();

  const bell = page.getByRole("button", { name: /^Notifications/ });
  await expect(async () => {
    await page.goto("/app");
    await bell.click();
    await expect(page.getByRole("dialog", { name: "Notifications" })).toContainText(
      "“Digest” failed, and 1 more",
      { timeout: 5_000 },
    );
  }).toPass();
  await expectAccessible(page);
  await page
    .getByRole("dialog")
    .getByRole("link", { name: /Digest/ })
    .click();
  await expect(page).toHaveURL(/\/app\/runs\/[0-9a-f-]{36}/);
  await expect(bell).toHaveAccessibleName("Notifications");

  // What is marked on its page is counted by the bell at once.
  await page.goto("/app/notifications");
  await page.getByRole("button", { name: "Mark unread" }).click();
  await expect(bell).toHaveAccessibleName("Notifications, 1 unread");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect(bell).toHaveAccessibleName("Notifications");

  // One message for each run, and the one that was not taken again.
  await expect.poll(() => hook.received.length, { timeout: 90_000 }).toBe(3);
  expect(hook.received.map((message) => isSigned(secret, message))).toEqual([true, true, true]);
  const [first, ...later] = hook.received;
  const again = later.filter(({ headers }) => headers["webhook-id"] === first?.headers["webhook-id"]);
  expect(again).toHaveLength(1);
  expect(new Set(later.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
  for (const { headers, body } of later)
    expect(JSON.parse(body)).toMatchObject({
      id: headers["webhook-id"],
      type: "run_failed",
      data: { workflowId, title: "“Digest” failed" },
    });
  hook.close();

  await page.goto("/app/settings/webhooks");
  await page.getByRole("link", { name: hook.url }).click();
  await expect(page).toHaveURL(/\/webhooks\/[0-9a-f-]{36}$/);
  const rows = page.getByRole("row").filter({ hasText: "run_failed" });
  await expect(rows).toHaveCount(2);
  const row = rows.filter({ hasText: "2 of 9" });
  await expect(async () => {
    await page.reload();
    await expect(row).toContainText("Delivered", { timeout: 5_000 });
  }).toPass();
  await expect(row.getByRole("button", { name: "Send again" })).toBeVisible();
  await expectAccessible(page);

  await visit(page, "/app/notifications/preferences");
  await page.getByRole("checkbox", { name: "Run failed: tell me by mail" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your choice is saved.", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("checkbox", { name: "Run failed: tell me by mail" })).toBeChecked();

  await page.setViewportSize({ width: 380, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  for (const path of ["/app/notifications/preferences", "/app/notifications", "/app/settings/webhooks"]) {
    await visit(page, path);
    await expectNoSideScroll(page);
  }
});
