import { PAGE_SIZE } from "@/lib/paging";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { Caller } from "./caller";
import { expect, signIn, test, visit } from "./fixtures";
import { expectNoSideScroll, holdActions, somebody } from "./pages";

test("all runs that match are stopped together, however many pages they fill", async ({ page }) => {
  await signIn(page, "member");
  const member = new Caller("member", page.request, process.env.E2E_BASE_URL ?? "");
  const output = testNode("output", "output", {
    fields: [{ key: "result", mode: "template", value: "done" }],
  });
  const graph = testGraph(
    [testNode("input", "input"), testNode("approval", "approval"), output],
    [testEdge("input", "approval"), testEdge("approval", "output", "approved")],
  );
  const workflowId = await member.publish(somebody("batch").workspaceName, graph);
  const runs = PAGE_SIZE + 2;
  for (let index = 0; index < runs; index += 1)
    await member.must("startWorkflowRunAction", { workflowId, input: { text: `${index}` } });

  await visit(page, `/app/runs?workflowId=${workflowId}`);
  const stop = page.getByRole("button", { name: "Stop" });
  await page.getByLabel("Choose all runs of this page").click();
  await test.step("not all are chosen by who takes one out while they are counted", async () => {
    const end = await holdActions(page);
    await page.getByRole("button", { name: "Choose all that match, on every page" }).click();
    await page
      .getByLabel(/^Choose the run of/)
      .first()
      .click();
    await expect(stop).toBeDisabled();
    end();
    await expect(stop).toBeEnabled();
    await expect(page.getByText(`${PAGE_SIZE - 1} runs chosen`)).toBeVisible();
    await page
      .getByLabel(/^Choose the run of/)
      .first()
      .click();
  });
  await page.getByRole("button", { name: "Choose all that match, on every page" }).click();
  await expect(page.getByText(`All ${runs} runs that match are chosen`)).toBeVisible();
  await expect(page.getByRole("button", { name: "Resume" })).toBeDisabled();
  await stop.click();
  const confirm = page.getByRole("alertdialog").getByRole("button", { name: `Stop ${runs} runs` });
  await confirm.dblclick();
  await expect(page).toHaveURL(/\/app\/runs\/batches\//);
  await expect(page.getByRole("heading", { level: 1, name: `${runs} runs stopped` })).toBeVisible();
  await page.setViewportSize({ width: 380, height: 900 });
  await expectNoSideScroll(page);
  await visit(page, `/app/runs?workflowId=${workflowId}&status=cancelled`);
  await expect(page.getByRole("row")).toHaveCount(PAGE_SIZE + 1);
  await expectNoSideScroll(page);
  await page.setViewportSize({ width: 1280, height: 900 });

  await page.getByLabel("Choose all runs of this page").click();
  await page.getByRole("button", { name: "Choose all that match, on every page" }).click();
  await page.getByRole("button", { name: "Replay" }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: `Replay ${runs} runs` })
    .click();
  await expect(page.getByRole("heading", { level: 1, name: `${runs} runs replayed` })).toBeVisible();
  await page.getByLabel("Result").selectOption("Replayed");
  await expect(page).toHaveURL(/outcome=done/);
  await page.getByRole("link", { name: "Next page" }).click();
  const rows = page.getByRole("row").filter({ hasText: "Replayed" });
  await expect(rows).toHaveCount(runs - PAGE_SIZE);
  const [source, started] = await rows.first().getByRole("link").all();
  const sourceId = (await source?.getAttribute("href"))?.split("/").at(-1) ?? "";
  await started?.click();
  await expect(page.getByText("Replayed from")).toContainText(sourceId.slice(0, 13));
});
