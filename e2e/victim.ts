import { expect } from "@playwright/test";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import type { Victim } from "./authz-matrix";
import type { Caller } from "./caller";
import { somebody } from "./pages";

const ID = "([0-9a-f]{8}-[0-9a-f-]{27})";

function find(text: string, pattern: string, what: string): string {
  const id = new RegExp(pattern.replace("ID", ID)).exec(text)?.[1];
  if (!id) throw new Error(`no ${what} to attack: the page has no ${pattern}`);
  return id;
}

/** In what the server renders, quotes of properties are escaped or not. */
const property = (name: string) => `${name}\\\\?":\\\\?"ID`;

/** What belongs to the demo customer, found as its own admin, its partner and an app admin find it. */
export async function findVictim(owner: Caller, partner: Caller, appAdmin: Caller): Promise<Victim> {
  await owner.must("inviteMemberAction", { email: somebody("expected").email, role: "user" });
  const { endpointId, deliveryId } = await addEndpoint(owner);
  const approvalId = await askQuestion(owner);
  const credential = await owner.must("createCredentialAction", {
    name: somebody("credential").workspaceName,
    headerName: "Authorization",
    hosts: ["api.invalid"],
    value: "Bearer expected",
  });
  const workflowId = find(await owner.read("/app/workflows"), "/app/workflows/ID", "workflow");
  const trigger = await owner.must("createTriggerAction", {
    kind: "webhook",
    workflowId,
    name: "Expected",
    settings: { requiresSignature: true },
  });
  const documentId = find(await owner.read("/app/knowledge"), "/app/knowledge/ID", "document");
  const executionId = find(await owner.read("/app/runs?status=completed"), "/app/runs/ID", "run");
  const drafted = { name: "Expected", start: "today" };
  const draft = (await partner.must("createPriceDraftAction", drafted)) as { id: string };
  const baseDraft = (await appAdmin.must("createBaseDraftAction", drafted)) as { id: string };
  const invoiceId = find(await owner.read("/app/billing"), "/app/billing/ID", "invoice");
  const invoice = await owner.read(`/app/billing/${invoiceId}`);
  const team = await owner.read("/app/team");
  const tenants = await appAdmin.read("/admin/tenants?q=Brightleaf");
  const partners = await appAdmin.read("/admin/partners");
  const agentId = find(await owner.read("/app/agents"), "/app/agents/ID", "agent");
  return {
    agentId,
    agentVersionId: find(
      await owner.read(`/app/agents/${agentId}/versions`),
      `tr\\\\?",\\\\?"ID`,
      "version of an agent",
    ),
    approvalId,
    baseDraftId: baseDraft.id,
    batchId: await stopMany(owner),
    chunkId: find(await owner.read(`/app/knowledge/${documentId}`), "passage-ID", "passage"),
    creditNoteId: find(invoice, "/credit-notes/ID", "credit note"),
    credentialId: (credential as { id: string }).id,
    deliveryId,
    documentId,
    draftId: draft.id,
    endpointId,
    entryId: find(await appAdmin.read("/admin/ledger"), "/admin/ledger/ID", "ledger entry"),
    executionId,
    invitationId: find(team, property("invitationId"), "invitation"),
    invoiceId,
    keyId: find(await owner.read("/app/api-keys"), property("keyId"), "API key"),
    lineId: find(invoice, "/lines/ID", "invoice line"),
    modelKey: "internal-chat",
    partnerId: find(partners, "/admin/partners/ID", "partner"),
    payoutId: find(await partner.read("/partner/payouts"), "/partner/payouts/ID", "payout"),
    sessionId: find(await owner.read("/account"), property("sessionId"), "session"),
    stepId: find(await owner.read(`/app/runs/${executionId}`), property("stepId"), "step"),
    systemRateId: find(await partner.read("/partner/price-book"), property("systemRateId"), "rate"),
    tenantId: find(tenants, "/admin/tenants/ID", "tenant"),
    triggerId: (trigger as { id: string }).id,
    userId: find(team, `member\\\\?":\\{\\\\?"id\\\\?":\\\\?"ID`, "member"),
    versionId: find(await owner.read(`/app/workflows/${workflowId}/versions`), "ID", "version"),
    workflowId,
  };
}

/** An endpoint that nothing can reach, with a message in its log. */
async function addEndpoint(owner: Caller): Promise<{ endpointId: string; deliveryId: string }> {
  const input = { url: "https://hooks.invalid/take", kinds: ["run_failed"] };
  const { id } = (await owner.must("createEndpointAction", input)) as { id: string };
  const sent = await owner.must("sendTestMessageAction", { endpointId: id });
  return { endpointId: id, deliveryId: (sent as { deliveryId: string }).deliveryId };
}

/** A run of the customer's that waits for an answer. */
async function startAsking(owner: Caller): Promise<{ name: string; workflowId: string }> {
  const graph = testGraph(
    [
      testNode("input", "input"),
      testNode("approval", "approval"),
      testNode("output", "output", { fields: [{ key: "result", mode: "template", value: "done" }] }),
    ],
    [testEdge("input", "approval"), testEdge("approval", "output", "approved")],
  );
  const name = somebody("asking").workspaceName;
  const workflowId = await owner.publish(name, graph);
  await owner.must("startWorkflowRunAction", { workflowId, input: { text: "anything" } });
  return { name, workflowId };
}

/** Runs that the customer stops together. */
async function stopMany(owner: Caller): Promise<string> {
  const { workflowId } = await startAsking(owner);
  const filter = { workflowId };
  const { upTo } = (await owner.must("previewBatchAction", { filter })) as { upTo: string };
  const asked = { verb: "cancel", filter, upTo, requestKey: crypto.randomUUID() };
  return ((await owner.must("startBatchAction", asked)) as { batchId: string }).batchId;
}

/** A question that a run of the customer's asks. */
async function askQuestion(owner: Caller): Promise<string> {
  const { name } = await startAsking(owner);
  let inbox = "";
  await expect
    .poll(async () => {
      inbox = await owner.read("/app/approvals?show=waiting");
      return inbox;
    })
    .toContain(name);
  return find(inbox, "/app/approvals/ID", "approval");
}
