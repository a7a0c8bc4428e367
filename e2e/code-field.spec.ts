import { addKind, openNode, startFromNothing } from "./editing";
import { expect, test } from "./fixtures";
import { holdScripts, signUp, somebody } from "./pages";

test("the settings of a node stay where they were scrolled to when the code editor takes the place of its text area", async ({
  page,
}) => {
  await signUp(page, somebody("Lara"));
  await page.setViewportSize({ width: 1280, height: 720 });
  await startFromNothing(page, "Late editor");
  const release = await holdScripts(page);
  await openNode(page, "Input");
  await addKind(page, "Agent");
  const agent = page.getByRole("region", { name: "Settings of Agent" });
  const prompt = agent.getByRole("textbox", { name: "Prompt" });
  await prompt.fill("{{ input.text }}");
  await agent.getByRole("button", { name: "Connect to…" }).click();
  const output = page.getByRole("menuitem", { name: "Output", exact: true });
  await expect(output).toBeInViewport({ ratio: 1 });

  release();
  // While the menu is open, all else is hidden from who asks for roles.
  await expect(page.locator(".cm-content")).toHaveText("{{ input.text }}");
  await expect(output).toBeInViewport({ ratio: 1 });
  await output.click();
  await expect(agent.getByRole("button", { name: "Remove the connection to Output" })).toBeVisible();
});
