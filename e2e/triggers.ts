import type { APIRequestContext, Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { expect, visit } from "./fixtures";

/** Opens the dialog for a new trigger of a workflow, and names it. */
export async function newTrigger(page: Page, workflowId: string, kind: string, name: string): Promise<void> {
  await visit(page, `/app/workflows/${workflowId}/triggers`);
  await page.getByRole("button", { name: `New ${kind}` }).click();
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill(name);
}

/** Makes the trigger of the open dialog, and waits for its page. */
export async function create(page: Page, name: string): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await expect(page).toHaveURL(/\/triggers\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expectAccessible(page);
}

/** The path of the trigger's address, whatever name the server thinks it has. */
export async function addressOn(page: Page): Promise<string> {
  return new URL((await page.getByTestId("trigger-address").textContent()) ?? "").pathname;
}

/** A value for each required field of the published version. */
export async function inputFor(api: APIRequestContext, workflowId: string): Promise<Record<string, string>> {
  const { inputFields } = await (await api.get(`/api/v1/workflows/${workflowId}`)).json();
  const fields = inputFields as { key: string; type: string; options?: string[] }[];
  return Object.fromEntries(
    fields.map((field) => [
      field.key,
      field.options?.[0] ??
        (field.type === "number" ? "3" : field.type === "boolean" ? "true" : "When is it late?"),
    ]),
  );
}

/** Fills in the fields of an input, whose names begin with `prefix`. */
export async function fillIn(page: Page, prefix: string, values: Record<string, string>): Promise<void> {
  for (const [key, value] of Object.entries(values)) {
    const field = page.locator(`[name="${prefix}.${key}"]`);
    if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
}
