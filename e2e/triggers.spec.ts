import { createHmac } from "node:crypto";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { expectAccessible } from "./accessibility";
import { Caller } from "./caller";
import { demo } from "./demo";
import { expect, signIn, test, visit } from "./fixtures";
import { expectNoSideScroll, publishedWorkflowId, signUp, somebody } from "./pages";
import { addressOn, create, fillIn, inputFor, newTrigger } from "./triggers";

test("a signed webhook is tried, mapped, and starts one run though it is called twice", async ({
  page,
  api,
  playwright,
  baseURL,
}) => {
  const workflowId = await publishedWorkflowId(api);
  await signIn(page, "member");
  await newTrigger(page, workflowId, "webhook", "Orders of the shop");
  await create(page, "Orders of the shop");
  const address = await addressOn(page);
  await page.getByRole("button", { name: "Show the signing secret" }).click();
  const secret = (await page.getByText(/^whsec_/).textContent()) ?? "";
  const sender = await playwright.request.newContext(baseURL ? { baseURL } : {});
  const input = await inputFor(api, workflowId);
  const raw = JSON.stringify({ nested: input, other: [1, 2] });
  const send = (signingSecret: string, delivery: string) => {
    const t = String(Math.floor(Date.now() / 1000));
    const v1 = createHmac("sha256", signingSecret).update(`${t}.${raw}`).digest("hex");
    return sender.post(address, {
      headers: {
        "content-type": "application/json",
        "hirebuddha-signature": `t=${t},v1=${v1}`,
        "hirebuddha-delivery": delivery,
      },
      data: raw,
    });
  };

  await page.clock.install();
  await page.getByRole("button", { name: "Listen for a test call" }).click();
  await expect(page.getByText("Listening for a test call")).toBeVisible();
  // What is under way is read again every few moments, but not below a dialog, which could be gone with its row.
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const readings: string[] = [];
  page.on("request", (request) => readings.push(request.url()));
  expect(await (await send(secret, "sample")).json()).toMatchObject({ captured: true });
  await page.clock.runFor(10_000);
  await expect(page.getByText("The newest call", { exact: true })).toHaveCount(0);
  expect(readings).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page.getByText("The newest call", { exact: true })).toBeVisible();

  expect((await send("whsec_wrong", "order-1")).status()).toBe(401);
  expect((await send(secret, "order-1")).status()).toBe(422);

  await page.getByLabel("Fields of the input come").selectOption("expressions");
  const { inputFields } = await (await api.get(`/api/v1/workflows/${workflowId}`)).json();
  for (const { label, key } of inputFields as { label: string; key: string }[])
    await page.getByRole("combobox", { name: label }).fill(`body.nested.${key}`);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save the fields" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  const first = await send(secret, "order-1");
  expect([200, 202]).toContain(first.status());
  const { executionId } = await first.json();
  expect(await (await send(secret, "order-1")).json()).toMatchObject({ executionId, replayed: true });
  const { data } = await (await api.get("/api/v1/executions?trigger=webhook&limit=100")).json();
  expect((data as { id: string }[]).filter(({ id }) => id === executionId)).toHaveLength(1);

  await page.reload();
  const log = page.getByRole("list", { name: "Deliveries" });
  await expect(log.getByText("Started a run", { exact: true })).toHaveCount(1);
  await expect(log.getByText("Rejected", { exact: true })).toHaveCount(2);
  await log.getByRole("link", { name: "Open the run" }).click();
  await expect(page).toHaveURL(new RegExp(`/app/runs/${executionId}`));
  await sender.dispose();
});

test("a form is filled in by a visitor, and its run shows in the console", async ({ page, api, browser }) => {
  const workflowId = await publishedWorkflowId(api);
  await signIn(page, "tenantAdmin");
  await newTrigger(page, workflowId, "form page", "Questions of customers");
  await page.getByLabel("Title of the page").fill("Ask us");
  await page.getByLabel("Show the result").click();
  await create(page, "Questions of customers");
  const address = await addressOn(page);

  const context = await browser.newContext({ viewport: { width: 380, height: 800 }, colorScheme: "dark" });
  const visitor = await context.newPage();
  await visit(visitor, address);
  await expectNoSideScroll(visitor);
  expect(await visitor.locator("meta[name=robots]").getAttribute("content")).toContain("noindex");
  const input = Object.entries(await inputFor(api, workflowId));
  const [firstKey] = input[0] ?? [""];
  await visitor.getByRole("button", { name: "Send" }).click();
  await expect(visitor.locator(`[name="input.${firstKey}"]`)).toHaveAttribute("aria-invalid", "true");
  await fillIn(visitor, "input", Object.fromEntries(input));
  // Beside the fields: a browser takes its time to lay out so long a text in one.
  await visitor.locator("form").evaluate((form) => {
    const more = Object.assign(document.createElement("input"), { type: "hidden", name: "more" });
    more.value = "x".repeat(5_000_000);
    form.append(more);
  });
  await visitor.getByRole("button", { name: "Send" }).click();
  await expect(visitor.getByText(/This is more than the 4 MB that can be sent at once/)).toBeVisible();
  await visit(visitor, address);
  await fillIn(visitor, "input", Object.fromEntries(input));
  await visitor.getByRole("button", { name: "Send" }).dblclick();
  await expect(visitor.getByRole("region", { name: "Result" })).toBeVisible();
  await expectAccessible(visitor);
  await expectNoSideScroll(visitor);

  await page.reload();
  const log = page.getByRole("list", { name: "Deliveries" });
  await expect(log.getByRole("listitem")).toHaveCount(1);
  await expect(log).toContainText("Completed");
  await log.getByRole("link", { name: "Open the run" }).click();
  await expect(page).toHaveURL(/\/app\/runs\/[0-9a-f-]{36}/);

  await page.goBack();
  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByRole("button", { name: "Turn on" })).toBeVisible();
  await visitor.reload();
  await expect(
    visitor.getByText(/This form has been closed since, so the answer is not shown/),
  ).toBeVisible();
  await expect(visitor.getByRole("region", { name: "Result" })).toBeHidden();
  expect((await visitor.goto(address))?.status()).toBe(404);
  await expect(visitor.getByRole("heading", { name: "This form is not open" })).toBeVisible();
  await context.close();

  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();
  // Playwright's browser shows no noscript: its parser counts on scripts also where they do not run.
  const html = await (await page.request.get(address)).text();
  expect(html).toMatch(/<noscript>(?:(?!<\/noscript>).)*This form needs JavaScript\./s);
});

test("a form that is changed while somebody fills it in shows its new fields, and keeps what was typed", async ({
  page,
  baseURL,
}) => {
  await signUp(page, somebody("Farah"));
  const caller = new Caller("maker", page.request, baseURL ?? "");
  const asking = (key: string) => {
    const fields = ["name", key].map((name) => ({ key: name, label: name, type: "text", required: true }));
    const result = [{ key: "result", mode: "template", value: "Hello {{ input.name }}" }];
    return testGraph(
      [testNode("input", "input", { fields }), testNode("end", "output", { fields: result })],
      [testEdge("input", "end")],
    );
  };
  const workflowId = await caller.publish("Survey", asking("city"));
  await newTrigger(page, workflowId, "form page", "Survey");
  await page.getByLabel("Title of the page").fill("Our survey");
  await page.getByLabel("Show the result").click();
  await create(page, "Survey");
  await visit(page, await addressOn(page));
  await fillIn(page, "input", { name: "Ada", city: "Bern" });

  const draft = { workflowId, revision: 1, graph: asking("country"), isAutosave: false };
  const { revision } = (await caller.must("saveDraftAction", draft)) as { revision: number };
  await caller.must("publishWorkflowAction", { workflowId, revision, note: "" });
  await page.getByRole("button", { name: "Send" }).click();
  const country = page.getByLabel("country");
  await expect(country).toHaveAccessibleDescription(/Fill in “country”/);
  await expect(page.getByLabel("city")).toBeHidden();
  await expect(page.getByLabel("name")).toHaveValue("Ada");
  await country.fill("Chad");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("region", { name: "Result" })).toContainText("Hello Ada");
});

test("a form for members sends a visitor to sign in, takes what a member sends, and is closed to others", async ({
  page,
  api,
  browser,
  baseURL,
}) => {
  const workflowId = await publishedWorkflowId(api);
  await signIn(page, "member");
  await newTrigger(page, workflowId, "form page", "Questions of the office");
  await page.getByLabel("Title of the page").fill("Ask the office");
  // To anybody, only an admin opens one.
  await expect(page.getByLabel("Who may open it").getByRole("option")).toHaveText([
    "People of this workspace",
  ]);
  await page.getByLabel("Show the result").click();
  await create(page, "Questions of the office");
  const address = await addressOn(page);
  const input = await inputFor(api, workflowId);

  const colleague = await (await browser.newContext()).newPage();
  await colleague.goto(address);
  await expect(colleague).toHaveURL(`/sign-in?next=${encodeURIComponent(address)}`);
  const { email, password } = demo().users.tenantAdmin;
  await colleague.getByLabel("E-mail").fill(email);
  await colleague.getByLabel("Password", { exact: true }).fill(password);
  await colleague.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(colleague).toHaveURL(address);
  await expect(colleague.getByRole("heading", { level: 1, name: "Ask the office" })).toBeVisible();
  // A member sends as often as one may. The colleague, at the same address, is none the worse.
  const blank = { token: address.split("/").at(-1), submission: "A".repeat(43), input: {} };
  const sentBy = async ({ request }: typeof page) =>
    (await new Caller("sender", request, baseURL ?? "").act("submitFormAction", blank)).code;
  for (let tries = 0; (await sentBy(page)) !== "rate_limited"; tries += 1) expect(tries).toBeLessThan(100);
  expect(await sentBy(colleague)).toBe("invalid");
  await fillIn(colleague, "input", input);
  await expectAccessible(colleague);
  await colleague.getByRole("button", { name: "Send" }).click();
  await expect(colleague.getByRole("region", { name: "Result" })).toBeVisible();
  const submission = new URL(colleague.url()).pathname.split("/").at(-1) ?? "";

  const stranger = await (await browser.newContext()).newPage();
  await signIn(stranger, "partner");
  for (const path of [address, `${address}/${submission}`]) {
    expect((await stranger.goto(path))?.status()).toBe(404);
    await expect(stranger.getByRole("heading", { name: "This form is not open" })).toBeVisible();
  }
  const sent = { token: address.split("/").at(-1), submission: `${submission.slice(1)}A`, input };
  const caller = new Caller("stranger", stranger.request, baseURL ?? "");
  expect(await caller.act("submitFormAction", sent)).toMatchObject({ ok: false, code: "not_found" });
  await stranger.context().clearCookies();
  expect(await caller.act("submitFormAction", sent)).toMatchObject({ ok: false, code: "unauthenticated" });

  await page.reload();
  const log = page.getByRole("list", { name: "Deliveries" });
  await expect(log.getByRole("listitem")).toHaveCount(1);
  await expect(log).toContainText("Completed");
  await log.getByRole("link", { name: "Open the run" }).click();
  await expect(page).toHaveURL(/\/app\/runs\/[0-9a-f-]{36}/);
  await colleague.context().close();
  await stranger.context().close();
});
