import { request as open } from "node:http";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { expectAccessible } from "./accessibility";
import { Caller } from "./caller";
import { demo } from "./demo";
import { expect, signIn, test } from "./fixtures";
import { somebody } from "./pages";

const HUGE_BYTES = 60 * 1024 * 1024;

let owner: Caller;

test.beforeAll(async ({ playwright, baseURL }) => {
  owner = await Caller.make(playwright, "owner", baseURL ?? "");
  await owner.signIn(demo().users.tenantAdmin);
});

test.afterAll(() => owner.request.dispose());

type Refusal = { code: string; message: string; fields?: Record<string, string[]> };

/** What an action says when it refuses. */
async function refusalOf(action: string, input: unknown): Promise<Refusal> {
  const outcome = await owner.act(action, input);
  expect(outcome.ok, `${action} with ${JSON.stringify(input).slice(0, 200)}`).toBe(false);
  return outcome.error as Refusal;
}

/** Announces a body that is far too large and sends only its beginning. */
function announceHuge(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = open(`${owner.origin}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/octet-stream",
        "content-length": String(HUGE_BYTES),
        ...headers,
      },
    });
    sending.on("response", (response) => {
      resolve(response.statusCode ?? 0);
      sending.destroy();
    });
    sending.on("error", reject);
    sending.write(Buffer.alloc(64 * 1024, "x"));
  });
}

test("a file over the limit is refused with 413 before it is sent", async () => {
  const { cookies } = await owner.request.storageState();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  expect(
    await announceHuge("/app/knowledge/upload?filename=huge.txt", { cookie, origin: owner.origin }),
  ).toBe(413);
  const authorization = `Bearer ${demo().apiKey}`;
  expect(await announceHuge("/api/v1/documents?filename=huge.txt", { authorization })).toBe(413);
});

test("a NUL byte, half a character and a field that nobody asked for are refused", async ({ api }) => {
  const agent = { name: "Nulla", role: "Nothing.", llmConfig: { modelKey: "internal-chat" } };
  for (const name of ["a\u0000b", "half \ud83d of a face"]) {
    expect((await refusalOf("createAgentAction", { ...agent, name })).code).toBe("invalid");
    const search = await api.post("/api/v1/documents/search", { data: { query: name } });
    expect(search.status()).toBe(422);
    expect((await search.json()).code).toBe("invalid");
  }
  for (const extra of [{ tenantId: "x" }, { isActive: true }, { createdBy: "x" }]) {
    const { code, fields, message } = await refusalOf("createAgentAction", { ...agent, ...extra });
    expect(code).toBe("invalid");
    expect(JSON.stringify({ fields, message })).toContain(Object.keys(extra)[0]);
  }
});

test("a question that the playground refuses need not be written again", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/agents");
  await page.getByRole("link", { name: "Theo, assortment" }).click();
  const box = page.getByRole("textbox", { name: "Message to Theo, assortment" });
  await box.fill("What is this: \u0000?");
  await box.press("Enter");
  await expect(page.getByText("The text contains characters that cannot be stored.")).toBeVisible();
  await expect(box).toHaveValue("What is this: \u0000?");
});

test("what is no cost narrows no list, and its field says so", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/runs");
  await page.getByText("Person, time and cost").click();
  const cost = page.getByRole("textbox", { name: "Cost from, $" });
  const problem = page.getByText("Give an amount such as 0.25.");
  for (const wrong of ["1e2", "-1", "much"]) {
    await cost.fill(wrong);
    await expect(problem, wrong).toBeVisible();
  }
  await cost.fill("1000000");
  await expect(problem).toBeHidden();
  await expect(page.getByText(/No run fits/)).toBeVisible();
});

test("a question that is too long for the playground stays whole, and is not asked", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/agents");
  await page.getByRole("link", { name: "Theo, assortment" }).click();
  const box = page.getByRole("textbox", { name: "Message to Theo, assortment" });
  const question = `${"word ".repeat(4_000)}Which of these is a fruit?`;
  await box.fill(question);
  await expect(page.getByText("A message has at most 20,000 characters; this has 20,026.")).toBeVisible();
  await box.press("Enter");
  await expect(box).toHaveValue(question);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
  await expectAccessible(page);
  await box.fill("Which of these is a fruit?");
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
});

test("a question whose length is not told beforehand, as behind some proxies, is answered, and one of over a megabyte refused", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/agents");
  await page.getByRole("link", { name: "Theo, assortment" }).click();
  await expect(page).toHaveURL(/\/app\/agents\/[0-9a-f-]{36}$/);
  const { origin, pathname } = new URL(page.url());
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const ask = (content: string) => {
    const body = new Blob([JSON.stringify({ messages: [{ role: "user", content }] })]).stream();
    const headers = { cookie, origin, "content-type": "application/json" };
    return fetch(`${origin}${pathname}/playground`, { method: "POST", headers, body, ...{ duplex: "half" } });
  };
  const answer = await ask("Which of these is a fruit?");
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('"type":"done"')]);
  const refused = await ask("word ".repeat(250_000));
  expect([refused.status, await refused.text()]).toEqual([
    413,
    expect.stringContaining("This conversation is too long. Start a new one."),
  ]);
});

test("a role that is too long for an agent stays whole, and is not hired with a part of it", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/agents/new");
  await page.getByLabel("Name", { exact: true }).fill("Verbose");
  const role = page.getByLabel("Role", { exact: true });
  await role.focus();
  // As pasting does, which a limit of the field would cut.
  await page.keyboard.insertText("word ".repeat(4_100));
  await page.getByRole("button", { name: "Hire agent" }).click();
  await expect(page.getByText("At most 20,000 characters.")).toBeVisible();
  await expect(role).toHaveValue("word ".repeat(4_100));
});

test("an address whose escapes are no UTF-8 finds nothing", async ({ page, api }) => {
  for (const part of ["%ED%A0%80", "%", "%zz"]) {
    for (const path of [`/api/v1/agents/${part}`, `/api/v1/agents/${part}/estimate`, `/api/${part}`]) {
      const answer = await api.get(path);
      expect(answer.status(), path).toBe(404);
      expect((await answer.json()).code, path).toBe("not_found");
    }
    for (const path of [`/f/${part}`, `/i/${part}`, `/${part}`])
      expect((await page.request.get(path)).status(), path).toBe(404);
  }
  await signIn(page, "tenantAdmin");
  expect((await page.goto("/app/runs/%ED%A0%80"))?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

const place = { x: 0, y: 0 };
const node = (id: string, kind: string, name: string) => ({ id, kind, name, position: place, config: {} });
const edge = (source: string, target: string) => ({
  id: `${source}-${target}`,
  source,
  sourcePort: "out",
  target,
});

test("a graph of 10,000 nodes and a circle are refused with what is wrong", async () => {
  const { id: workflowId } = (await owner.must("createWorkflowAction", {
    name: `Refused ${Date.now()}`,
    template: "blank",
  })) as { id: string };
  const save = (graph: unknown) =>
    refusalOf("saveDraftAction", { workflowId, revision: 1, graph, isAutosave: false });

  const many = Array.from({ length: 10_000 }, (_, at) => ({ id: `n${at}`, kind: "merge" }));
  const tooMany = await save({ version: 1, nodes: many, edges: [] });
  expect(JSON.stringify(tooMany)).toContain("10,000 nodes");

  const circle = await save({
    version: 1,
    nodes: [
      node("input", "input", "Start"),
      node("alpha", "merge", "Alpha"),
      node("beta", "merge", "Beta"),
      node("output", "output", "End"),
    ],
    edges: [edge("input", "alpha"), edge("alpha", "beta"), edge("beta", "alpha"), edge("beta", "output")],
  });
  expect(circle.code).toBe("invalid");
  expect(JSON.stringify(circle)).toMatch(/Alpha.*Beta|Beta.*Alpha/);
});

test("two clicks on Run start one run, and so do two calls with one key", async ({ page, api }) => {
  const graph = testGraph(
    [
      testNode("input", "input"),
      testNode("output", "output", { fields: [{ key: "result", mode: "template", value: "done" }] }),
    ],
    [testEdge("input", "output")],
  );
  const workflowId = await owner.publish(somebody("twice").workspaceName, graph);
  const runs = async () =>
    (await (await api.get(`/api/v1/executions?workflowId=${workflowId}&limit=100`)).json()).data.length;
  await signIn(page, "tenantAdmin");
  await page.goto(`/app/workflows/${workflowId}`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Text" }).fill("What does delivery cost?");
  await dialog.getByRole("button", { name: "Run" }).evaluate((button: HTMLButtonElement) => {
    button.click();
    button.click();
  });
  await expect(page.getByRole("region", { name: "Run", exact: true })).toContainText("Completed");
  expect(await runs()).toBe(1);

  const twice = await Promise.all(
    [1, 2].map(() =>
      api.post(`/api/v1/workflows/${workflowId}/runs`, {
        headers: { "idempotency-key": `double-${workflowId}` },
        data: { input: { text: "What does delivery cost?" } },
      }),
    ),
  );
  const ids = await Promise.all(twice.map(async (response) => (await response.json()).id));
  expect(ids[0]).toBeTruthy();
  expect(ids[1]).toBe(ids[0]);
});
