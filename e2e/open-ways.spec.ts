import { expectAccessible } from "./accessibility";
import { addKind, openNode, startFromNothing, write } from "./editing";
import { expect, signIn, test } from "./fixtures";
import { connectTo } from "./pages";

test("what is missing, where a way leads nowhere and that a run gave nothing are said where somebody looks", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "Leads nowhere");
  const input = await openNode(page, "Input");
  await input.getByRole("button", { name: "Remove the connection to Output" }).click();
  await addKind(page, "condition");
  const rule = page.getByRole("region", { name: "Settings of Condition" });
  const missing = rule.getByText("Write an expression.");
  await expect(page.getByRole("button", { name: "2 problems" })).toBeVisible();
  await expect(missing).toBeHidden();
  await openNode(page, "Output");
  const output = page.getByRole("region", { name: "Settings of Output" });
  await expect(output.getByRole("list", { name: "Problems of this node" })).toContainText(
    "cannot be reached",
  );
  await openNode(page, "Condition");
  await expect(missing).toBeVisible();
  await write(rule.getByRole("textbox", { name: "Expression" }), "input.text.size() > 100");
  await connectTo(rule, "Output", "Connect True to…");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Publish" }).click();
  const publish = page.getByRole("dialog", { name: "Publish Leads nowhere" });
  await expect(publish).toContainText("A way leads nowhere");
  await expect(publish.getByRole("listitem")).toHaveText("“Condition” at “False”");
  await publish.getByRole("button", { name: "Publish" }).click();
  await expect(publish).toBeHidden();

  await page.getByRole("button", { name: "Run", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Run Leads nowhere" });
  await form.getByRole("textbox", { name: "Text" }).fill("short");
  await form.getByRole("button", { name: "Run" }).click();
  const run = page.getByRole("region", { name: "Run", exact: true });
  await expect(run).toContainText("3 of 3 nodes, 1 skipped");
  await run.getByRole("link", { name: "Open the trace" }).click();
  await expect(page.getByText("The run reached no output, so it gave nothing.")).toBeVisible();
  await expect(page.getByText("1 skipped", { exact: true })).toBeVisible();
  await expectAccessible(page);
});
