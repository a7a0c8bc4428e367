import { drizzle } from "drizzle-orm/node-postgres";
import { database } from "@/db/pool";
import {
  agents,
  agentVersions,
  executionSteps,
  executions,
  workflows,
  workflowVersions,
} from "@/db/schema/ai";
import { apiKeys } from "@/db/schema/auth";
import { credentials } from "@/db/schema/credentials";
import { documentChunks, documents } from "@/db/schema/knowledge";
import { modelCalls } from "@/db/schema/model-calls";
import {
  notificationPreferences,
  notifications,
  webhookDeliveries,
  webhookEndpoints,
} from "@/db/schema/notifications";
import { runBatches, runBatchItems } from "@/db/schema/run-batches";
import { approvals, stepAttempts } from "@/db/schema/run-control";
import { auditLog } from "@/db/schema/system";
import { triggerDeliveries, workflowTriggers } from "@/db/schema/triggers";
import { newId } from "@/lib/ids";
import { plantMoney } from "./money-rows";
import type { TestTenant } from "./scopes";

/** One row in every table a tenant owns, planted past row security, each text holding the tenant's id as a canary. */
export async function plantRows(tenant: TestTenant, partnerId: string | null): Promise<void> {
  const db = drizzle((await database()).pool);
  const { tenantId } = tenant;
  const canary = `canary ${tenantId}`;
  const id = {
    agent: newId(),
    version: newId(),
    workflow: newId(),
    flowVersion: newId(),
    run: newId(),
    step: newId(),
  };
  const documentId = newId();
  await db
    .insert(agents)
    .values({ id: id.agent, tenantId, name: canary, role: canary, llmConfig: { canary } });
  await db.insert(agentVersions).values({
    id: id.version,
    tenantId,
    agentId: id.agent,
    version: 1,
    name: canary,
    role: canary,
    llmConfig: { canary },
  });
  await db.insert(workflows).values({ id: id.workflow, tenantId, name: canary, dagStructure: { canary } });
  await db
    .insert(workflowVersions)
    .values({ id: id.flowVersion, tenantId, workflowId: id.workflow, version: 1, dagStructure: { canary } });
  await db
    .insert(executions)
    .values({ id: id.run, tenantId, agentId: id.agent, inputData: { canary }, resultData: { canary } });
  await db.insert(executionSteps).values({
    id: id.step,
    tenantId,
    executionId: id.run,
    nodeId: "a",
    kind: "agent",
    name: canary,
    status: "completed",
    output: { canary },
  });
  await db.insert(modelCalls).values({
    tenantId,
    executionId: id.run,
    modelKey: "internal",
    provider: "internal",
    purpose: "agent",
    callKey: canary,
  });
  await db
    .insert(stepAttempts)
    .values({ tenantId, stepId: id.step, attempt: 1, outcome: "failed", errorMessage: canary });
  await db.insert(approvals).values({
    tenantId,
    executionId: id.run,
    stepId: id.step,
    nodeId: "a",
    title: canary,
    message: canary,
    fields: [],
    approvers: { canary },
  });
  await plantBatch(tenant, id.run, canary);
  await plantStarts(tenant, id.workflow, canary);
  await plantNotices(tenant, canary);
  await db.insert(documents).values({
    id: documentId,
    tenantId,
    filename: canary,
    fileType: "txt",
    sha256: tenantId,
    storageKey: canary,
  });
  await db.insert(documentChunks).values({
    tenantId,
    documentId,
    chunkIndex: "0",
    position: 0,
    content: canary,
    tokenCount: 1,
  });
  await db.insert(apiKeys).values({
    tenantId,
    name: canary,
    keyHash: newId(),
    lastFour: "1234",
    scopes: [],
    createdBy: tenant.adminId,
  });
  await plantMoney(tenant, partnerId, { agentId: id.agent, executionId: id.run, stepId: id.step });
  await db
    .insert(auditLog)
    .values({ tenantId, actorKind: "user", action: "test", targetType: "test", after: { canary } });
}

/** Runs that are worked on together. */
async function plantBatch({ tenantId, adminId }: TestTenant, executionId: string, canary: string) {
  const db = drizzle((await database()).pool);
  const batchId = newId();
  await db.insert(runBatches).values({
    id: batchId,
    tenantId,
    verb: "cancel",
    filter: { q: canary },
    requestedBy: adminId,
    sessionId: newId(),
    requestKey: newId(),
    total: 1,
    note: canary,
  });
  await db.insert(runBatchItems).values({ tenantId, batchId, executionId, message: canary });
}

/** What starts a workflow by itself. */
async function plantStarts({ tenantId }: TestTenant, workflowId: string, canary: string): Promise<void> {
  const db = drizzle((await database()).pool);
  const triggerId = newId();
  await db
    .insert(workflowTriggers)
    .values({ id: triggerId, tenantId, workflowId, kind: "webhook", name: canary, config: { canary } });
  await db
    .insert(triggerDeliveries)
    .values({ tenantId, triggerId, deliveryKey: canary, status: "accepted", payload: { canary } });
}

/** What people and other systems are told, and how other systems are signed in to. */
async function plantNotices({ tenantId, adminId }: TestTenant, canary: string): Promise<void> {
  const db = drizzle((await database()).pool);
  const endpointId = newId();
  const notice = { kind: "run_failed", title: canary, body: canary, href: "/app", dedupeKey: canary };
  await db.insert(notifications).values({ ...notice, tenantId, userId: adminId });
  await db
    .insert(notificationPreferences)
    .values({ tenantId, userId: adminId, kind: "run_failed", inApp: true, byMail: false });
  await db
    .insert(webhookEndpoints)
    .values({ id: endpointId, tenantId, url: canary, kinds: [], sealedSecret: canary });
  const secret = { headerName: canary, sealedValue: canary, lastFour: canary };
  await db.insert(credentials).values({ ...secret, tenantId, name: canary, hosts: [] });
  await db
    .insert(webhookDeliveries)
    .values({ tenantId, endpointId, kind: "run_failed", messageId: canary, payload: { canary } });
}
