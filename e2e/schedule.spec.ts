import { expectAccessible } from "./accessibility";
import { expect, signIn, test } from "./fixtures";
import { publishedWorkflowId } from "./pages";
import { create, fillIn, inputFor, newTrigger } from "./triggers";

test("a schedule shows its next five, is tried at once, and starts by the clock", async ({ page, api }) => {
  const workflowId = await publishedWorkflowId(api);
  await signIn(page, "member");
  await newTrigger(page, workflowId, "schedule", "Each minute");
  const dialog = page.getByRole("dialog");
  const when = dialog.getByLabel("When", { exact: true });
  await when.fill("0 25 * * *");
  await expect(when).toHaveAccessibleDescription(/“25” does not work as the hour/);
  await when.fill("* * * * *");
  const zone = dialog.getByLabel("Time zone");
  await zone.fill("Berlin");
  await expect(zone).toHaveAccessibleDescription(/There is no such time zone/);
  await zone.fill("Europe/Berlin");
  await expect(zone).not.toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByRole("list", { name: "Next five" }).getByRole("listitem")).toHaveCount(5);
  await fillIn(page, "settings.input", await inputFor(api, workflowId));
  await expectAccessible(page);
  await create(page, "Each minute");
  const address = page.url();
  await page.getByRole("button", { name: "Start one now" }).click();
  await expect(page).toHaveURL(/\/app\/runs\/[0-9a-f-]{36}/);
  await page.goto(address);
  const log = page.getByRole("list", { name: "Deliveries" });
  await expect(async () => {
    await page.reload();
    await expect(log.getByText("Started a run").first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ intervals: [3_000] });
  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByRole("button", { name: "Turn on" })).toBeVisible();
});
