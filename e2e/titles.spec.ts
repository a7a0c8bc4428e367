import type { Page } from "@playwright/test";
import { Caller } from "./caller";
import { DEBTOR } from "./debtor";
import { enter, expect, signIn, test } from "./fixtures";
import { mailedPath, publishedWorkflowId } from "./pages";

/** Opens the first of each list, and looks for its heading in the title of its page. */
async function expectNamed(page: Page, lists: readonly string[]): Promise<void> {
  for (const path of lists) {
    await page.goto(path);
    await expect(page.getByRole("table").first()).toBeVisible();
    const first = page.getByRole("main").locator(`table a[href^="${path}/"]`).first();
    await first.click();
    await expect(page).toHaveURL(new RegExp(`${path}/[0-9a-f-]{36}`));
    await expectTitledByHeading(page);
  }
}

async function expectTitledByHeading(page: Page): Promise<void> {
  const heading = page.getByRole("heading", { level: 1 });
  // A page that was gone to by a link gets its title behind its content.
  await expect
    .poll(async () => (await page.title()).includes((await heading.textContent())?.trim() || "nothing"), {
      message: page.url(),
    })
    .toBe(true);
}

test("a page is titled by what is on it, and a console's overview by its console", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await expectNamed(page, ["/app/agents", "/app/workflows", "/app/knowledge", "/app/runs", "/app/billing"]);
  await signIn(page, "partner");
  await page.goto("/partner");
  await expect(page).toHaveTitle("Overview · Partner · HireBuddha");
  await expectNamed(page, ["/partner/customers", "/partner/payouts"]);
  await signIn(page, "appAdmin");
  await page.goto("/admin");
  await expect(page).toHaveTitle("Overview · Admin · HireBuddha");
  await expectNamed(page, ["/admin/tenants", "/admin/partners", "/admin/invoices", "/admin/payouts"]);
});

/** The path of the first link of the page whose address begins so. */
async function firstPath(page: Page, start: string): Promise<string> {
  const link = page.getByRole("main").locator(`a[href^="${start}"]`).first();
  return (await link.getAttribute("href")) ?? "";
}

/** The pages of one thing that no list of a console leads to at once. */
async function lonePaths(
  page: Page,
  workflowId: string,
): Promise<Record<"invoice" | "line" | "trigger", string>> {
  const caller = new Caller("admin", page.request, process.env.E2E_BASE_URL ?? "");
  const trigger = (await caller.must("createTriggerAction", {
    kind: "webhook",
    workflowId,
    name: "Orders that are called in",
    settings: { requiresSignature: true },
  })) as { id: string };
  await page.goto("/app/billing");
  const invoice = await firstPath(page, "/app/billing/0");
  await page.goto(invoice);
  const line = await firstPath(page, `${invoice}/lines/`);
  return { invoice, line, trigger: `/app/workflows/${workflowId}/triggers/${trigger.id}` };
}

test("the pages of a trigger, an invoice, what it is made of and its payment are titled by it, for who may read it", async ({
  page,
  api,
}) => {
  const expectTitled = async (paths: readonly string[]) => {
    for (const path of paths) {
      await page.goto(path);
      await expectTitledByHeading(page);
    }
  };
  await signIn(page, "tenantAdmin");
  const { invoice, line, trigger } = await lonePaths(page, await publishedWorkflowId(api));
  await expectTitled([trigger, invoice, line]);

  await signIn(page, "partner");
  await page.goto("/partner/customers?q=Brightleaf");
  await page.goto(await firstPath(page, "/partner/customers/0"));
  await expectTitled([await firstPath(page, "/partner/invoices/0")]);

  await signIn(page, "appAdmin");
  await page.goto("/admin/ledger");
  await expectTitled([await firstPath(page, "/admin/ledger/0")]);

  await enter(page, DEBTOR);
  await page.goto("/app/billing");
  const byAddress = await mailedPath(page, DEBTOR.email, "i");
  await page.goto("/app/billing");
  await expectTitled([`${await firstPath(page, "/app/billing/0")}/pay`, byAddress, `${byAddress}/pay`]);

  await signIn(page, "member");
  const ofMember = { [invoice]: "Invoice", [`${invoice}/pay`]: "Pay an invoice", [line]: "Invoice line" };
  for (const [path, title] of Object.entries(ofMember)) {
    await page.goto(path);
    await expect(page).toHaveTitle(`${title} · HireBuddha`);
  }
});
