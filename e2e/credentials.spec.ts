import { once } from "node:events";
import { createServer } from "node:http";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { expectAccessible } from "./accessibility";
import { Caller } from "./caller";
import { openNode } from "./editing";
import { expect, test, visit } from "./fixtures";
import { expectNoSideScroll, signUp, somebody } from "./pages";

const KEY = "journey-canary-4711";

/** A service of the customer's that lets in who has the key, and says what it was sent. */
async function keyedService(): Promise<{ url: string; close: () => void }> {
  const port = Number(process.env.E2E_SERVICE_PORT);
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    response.writeHead(authorization === `Bearer ${KEY}` ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify({ youSent: authorization ?? "nothing" }));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${port}/stock`, close: () => server.close() };
}

const graphOf = (url: string) =>
  testGraph(
    [
      testNode("input", "input"),
      testNode("stock", "http", {
        ...{ method: "GET", url, headers: [], body: "", allowedStatus: [], timeoutMs: 10_000 },
      }),
      testNode("output", "output", {
        fields: [{ key: "result", mode: "template", value: "{{ stock.body.youSent }}" }],
      }),
    ],
    [testEdge("input", "stock"), testEdge("stock", "output")],
  );

test("a request signs in with a credential that nobody reads, and a deleted one is told of", async ({
  page,
  baseURL,
}) => {
  const service = await keyedService();
  const owner = somebody("Nadia");
  await signUp(page, owner);
  const caller = new Caller("Nadia", page.request, baseURL ?? "");
  const workflowId = await caller.publish("Look at the stock", graphOf(service.url));

  await visit(page, "/app/credentials");
  await page.getByRole("button", { name: "New credential" }).click();
  const dialog = page.getByRole("dialog", { name: "New credential" });
  await dialog.getByLabel("Name").fill("Our shop");
  await dialog.getByLabel("Value").fill(`Bearer ${KEY}`);
  await dialog.getByLabel("Hosts").fill(service.url);
  await dialog.getByRole("button", { name: "Add credential" }).click();
  await expect(dialog.getByText(/is not a host name such as/)).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel("Hosts").fill("127.0.0.1");
  await dialog.getByRole("button", { name: "Add credential" }).click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole("row").filter({ hasText: "Our shop" });
  await expect(row).toContainText("••••4711");
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSideScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  await test.step("it is chosen in the editor, and the request signs in", async () => {
    await visit(page, `/app/workflows/${workflowId}`);
    const settings = await openNode(page, "stock");
    await settings.getByRole("combobox", { name: "Credential" }).selectOption("Our shop (127.0.0.1)");
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    const input = { workflowId, useDraft: true, input: { text: "x" } };
    const run = (await caller.must("startWorkflowRunAction", input)) as { executionId: string };
    await page.goto(`/app/runs/${run.executionId}`);
    await expect(page.getByText("Completed", { exact: true }).first()).toBeVisible();
    await page.getByRole("treeitem", { name: /stock/ }).first().click();
    await expect(page.getByText("•••").first()).toBeVisible();
    for (const path of [`/app/runs/${run.executionId}`, `/app/workflows/${workflowId}`, "/app/credentials"])
      expect(await caller.read(path)).not.toContain(KEY);
  });

  await test.step("it is sent to other hosts only by who enters it again", async () => {
    await visit(page, "/app/credentials");
    await row.getByRole("button", { name: "More for Our shop" }).click();
    await page.getByRole("menuitem", { name: "Change" }).click();
    const change = page.getByRole("dialog", { name: "Change Our shop" });
    await change.getByLabel("Hosts").fill("elsewhere.example");
    await change.getByRole("button", { name: "Save" }).click();
    await expect(change.getByText(/^Enter the value again/)).toBeVisible();
    await change.getByLabel("Hosts").fill("127.0.0.1");
    await change.getByLabel("Name").fill("The shop");
    await change.getByRole("button", { name: "Save" }).click();
    await expect(change).toBeHidden();
    await expect(page.getByRole("row").filter({ hasText: "The shop" })).toBeVisible();
  });

  await test.step("deleting it names the workflow, which then says what it lacks", async () => {
    await page.getByRole("button", { name: "More for The shop" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    const question = page.getByRole("alertdialog", { name: "Delete The shop?" });
    await expect(question.getByText("Look at the stock")).toBeVisible();
    await question.getByRole("button", { name: "Delete credential" }).click();
    await expect(page.getByText("No credentials yet")).toBeVisible();
    await visit(page, `/app/workflows/${workflowId}`);
    const settings = await openNode(page, "stock");
    await expect(settings.getByText("This credential does not exist any more.")).toBeVisible();
  });
  service.close();
});
