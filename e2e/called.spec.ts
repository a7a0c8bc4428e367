import { addKind, openNode, startFromNothing, write } from "./editing";
import { expect, signIn, test, visit } from "./fixtures";
import { somebody } from "./pages";

test("a workflow that calls another is told beside each field what that one needs, also in an older version, and the other what it would break", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  const name = somebody("called").workspaceName;
  const saved = page.getByText("Saved", { exact: true });
  const publish = async (version: number) => {
    await expect(saved).toBeVisible();
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
    await expect(page.getByText(`Version ${version} is published.`, { exact: true })).toBeVisible();
    await expect(page.getByRole("dialog")).toBeHidden();
  };
  const rename = async (node: string, from: string, to: string) => {
    const key = (await openNode(page, node)).getByLabel("Key", { exact: true });
    await expect(key).toHaveValue(from);
    await key.fill(to);
    await key.press("Tab");
  };

  await startFromNothing(page, name);
  await publish(1);
  await rename("Input", "text", "letter");
  await (await openNode(page, "Input")).getByLabel("Label", { exact: true }).fill("The letter");
  await rename("Output", "result", "answer");
  await publish(2);
  const callee = page.url();

  await startFromNothing(page, `${name} too`);
  await openNode(page, "Input");
  await addKind(page, "workflow");
  const call = page.getByRole("region", { name: "Settings of Workflow", exact: true });
  await call.getByLabel("Workflow", { exact: true }).selectOption({ label: name });
  await openNode(page, "Output");
  await openNode(page, "Workflow");
  const letter = call.getByRole("textbox", { name: "The letter" });
  await expect(letter).toHaveAccessibleDescription(`“${name}” needs this.`);
  await call.getByRole("button", { name: "Connect to…" }).click();
  await page.getByRole("menuitem", { name: "Output" }).click();

  await call.getByLabel(/^Version/).selectOption({ label: "Version 1" });
  const text = call.getByRole("textbox", { name: "Text", exact: true });
  await expect(text).toHaveAccessibleDescription(`“${name}” needs this.`);
  await expect(letter).toHaveCount(0);
  await write(text, "{{ input.text }}");
  await expect(page.getByRole("button", { name: "Ready" })).toBeVisible();
  await expect(text).toHaveAccessibleDescription("");

  const value = (await openNode(page, "Output")).getByRole("textbox", { name: "Value" });
  await write(value, "{{ workflow_1.answer }}");
  await expect(value).toHaveAccessibleDescription(/has no “answer” \(it has: result\)/);
  await write(value, "{{ workflow_1.result }}");
  await publish(1);

  await openNode(page, "Workflow");
  await call.getByLabel(/^Version/).selectOption("");
  await write(letter, "{{ input.text }}");
  await call.getByRole("button", { name: "Take text away" }).click();
  await openNode(page, "Output");
  await write(value, "{{ workflow_1.answer }}");
  await publish(2);
  await page.goto(callee);
  await rename("Output", "answer", "reply");
  await expect(saved).toBeVisible();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const warning = page
    .getByRole("dialog")
    .getByRole("listitem")
    .filter({ hasText: `${name} too` });
  await expect(warning).toContainText("workflow_1 has no “answer” (it has: reply).");

  await visit(page, `/app/workflows?q=${encodeURIComponent(name)}`);
  const question = page.getByRole("alertdialog");
  const choose = async (way: string) => {
    await page.getByRole("button", { name: `More for ${name}`, exact: true }).click();
    await page.getByRole("menuitem", { name: way }).click();
  };
  await choose("Deactivate");
  await expect(question).toContainText(`It is called by “${name} too”.`);
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await choose("Delete");
  await question.getByRole("button", { name: "Delete workflow" }).click();
  await expect(question).toContainText(`“${name} too” calls this workflow and would stop working.`);
});
