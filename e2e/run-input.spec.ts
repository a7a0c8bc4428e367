import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { Caller } from "./caller";
import { expect, signIn, test, visit } from "./fixtures";
import { somebody } from "./pages";

const text = (key: string, label: string, rest: Record<string, string> = {}) => ({
  key,
  label,
  type: "text",
  required: false,
  ...rest,
});

function graphWith(fields: readonly Record<string, string | boolean>[]) {
  const output = testNode("output", "output", {
    fields: [{ key: "all", mode: "expression", value: "input" }],
  });
  return testGraph(
    [testNode("input", "input", { fields: [...fields] }), output],
    [testEdge("input", "output")],
  );
}

test("a run is given what its form shows, and a replay goes on from that, on whichever version", async ({
  page,
}) => {
  await signIn(page, "member");
  const member = new Caller("member", page.request, process.env.E2E_BASE_URL ?? "");
  const urgent = { key: "urgent", label: "Urgent", type: "boolean", required: false, default: "true" };
  const fields = [urgent, text("note", "Note", { default: "As always" }), text("topic", "Topic")];
  const workflowId = await member.publish(somebody("input").workspaceName, graphWith(fields));

  await visit(page, `/app/workflows/${workflowId}`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Urgent")).toBeChecked();
  await dialog.getByLabel("Note").fill("");
  await dialog.getByLabel("Topic").fill("Boxes");
  await dialog.getByRole("button", { name: "Run" }).click();
  await page.getByRole("link", { name: "Open the trace" }).click();
  const given = page.locator("section").filter({ hasText: "Input of the run" });
  await expect(given).toContainText(/Urgent\s*Yes/);
  await expect(given).toContainText(/Note\s*none/);
  await given.getByRole("button", { name: "JSON" }).click();
  await expect(given).toContainText(/urgent: ?true/);
  await expect(given).toContainText(/note: ?null/);

  const { revision } = (await member.must("saveDraftAction", {
    workflowId,
    revision: ((await member.must("loadDraftAction", { workflowId })) as { revision: number }).revision,
    graph: graphWith([...fields, text("place", "Place")]),
  })) as { revision: number };
  await member.must("publishWorkflowAction", { workflowId, revision, note: "" });
  await page.getByRole("button", { name: "Replay" }).click();
  await expect(dialog.getByLabel("Note")).toHaveValue("");
  await dialog.getByLabel("Topic").fill("Late boxes");
  await dialog.getByLabel("The newest version").click();
  await expect(dialog.getByLabel("Place")).toBeVisible();
  await expect(dialog.getByLabel("Topic")).toHaveValue("Late boxes");
  // What was typed for the other version counts as typed.
  await page.keyboard.press("Escape");
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  await dialog.getByLabel("Urgent").click();
  await dialog.getByRole("button", { name: "Replay" }).click();
  await expect(page.getByText("Replayed from")).toBeVisible();
  await expect(given).toContainText(/urgent: ?false/);
  await expect(given).toContainText(/note: ?null/);
  await expect(given).toContainText(/topic: ?"Late boxes"/);
});
