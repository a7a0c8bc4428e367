import { readFile } from "node:fs/promises";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { expectAccessible } from "./accessibility";
import { Caller } from "./caller";
import { expect, test, visit } from "./fixtures";
import { expectNoSideScroll, signUp, somebody } from "./pages";

const fileOf = (text: string) => ({
  name: "found.json",
  mimeType: "application/json",
  buffer: Buffer.from(text),
});

test("a workflow is saved as a file, and another workspace makes one of it and is told what to choose", async ({
  page,
  browser,
  baseURL,
}) => {
  await signUp(page, somebody("Fiona"));
  const fiona = new Caller("Fiona", page.request, baseURL ?? "");
  await fiona.must("createWorkflowAction", {
    name: "Where is my parcel?",
    graph: testGraph(
      [
        testNode("input", "input", {
          fields: [{ key: "text", label: "Text", type: "text", required: true }],
        }),
        testNode("look", "http", {
          ...{ method: "GET", url: "https://parcels.example/{{ input.text }}", headers: [], body: "" },
          ...{ allowedStatus: [], timeoutMs: 10_000 },
          credentialId: await credentialOf(fiona, "Parcels"),
        }),
        testNode("output", "output", {
          fields: [{ key: "place", mode: "template", value: "{{ look.body }}" }],
        }),
      ],
      [testEdge("input", "look"), testEdge("look", "output")],
    ),
  });
  await visit(page, "/app/workflows");
  await page.getByRole("button", { name: "More for Where is my parcel?" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Save as file" }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/^Where is my parcel.*\.workflow\.json$/);
  const text = await readFile(await saved.path(), "utf8");

  const elsewhere = await (await browser.newContext()).newPage();
  await signUp(elsewhere, somebody("Gustav"));
  await visit(elsewhere, "/app/workflows");
  await elsewhere.getByRole("button", { name: "Start from nothing" }).click();
  const dialog = elsewhere.getByRole("dialog", { name: "New workflow" });
  await dialog.getByLabel("Start from").selectOption("A file");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByText("Choose a file.")).toBeVisible();
  await dialog.getByLabel("File").setInputFiles(fileOf('{"name":"Not one"}'));
  await expect(dialog.getByLabel("Name")).toHaveValue("Not one");
  await dialog.getByLabel("Name").fill("");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByText("Give the workflow a name.")).toBeVisible();
  await dialog.getByLabel("Name").fill("Parcels");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByText(/This is not the file of a workflow/)).toBeVisible();
  await expectAccessible(elsewhere);
  // Who looks at another beginning meanwhile chooses a file again.
  await dialog.getByLabel("Start from").selectOption("Nothing");
  await dialog.getByLabel("Start from").selectOption("A file");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByText("Choose a file.")).toBeVisible();
  await dialog.getByLabel("File").setInputFiles(fileOf(text));
  await expect(dialog.getByLabel("Name")).toHaveValue("Parcels");
  await dialog.getByRole("button", { name: "Create" }).click();

  await expect(elsewhere).toHaveURL(/\/app\/workflows\/[0-9a-f-]{36}$/);
  await expect(elsewhere.getByText(/Not in this workspace.*look: credential “Parcels”/s)).toBeVisible();
  await elsewhere.getByRole("button", { name: "1 problem" }).click();
  await expect(elsewhere.getByText(/this credential does not exist/)).toBeVisible();
  await expectAccessible(elsewhere);
  await expectNoSideScroll(elsewhere);
  await elsewhere.context().close();
});

async function credentialOf(caller: Caller, name: string): Promise<string> {
  const made = await caller.must("createCredentialAction", {
    ...{ name, headerName: "X-Key", hosts: "parcels.example", value: "parcel-canary-1" },
  });
  return (made as { id: string }).id;
}
