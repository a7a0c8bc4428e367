import { eventType } from "inngest";
import { z } from "zod";

/** A document was stored, or is to be tried again, and waits to be read. `attempt` grows with every retry. */
export const documentUploaded = eventType("document/uploaded", {
  schema: z.object({ tenantId: z.uuid(), documentId: z.uuid(), attempt: z.number().int().min(0) }),
});

/** A run waits to be worked on: started, its next segment, or driven again after its process was lost. */
export const executionRequested = eventType("execution/requested", {
  schema: z.object({ tenantId: z.uuid(), executionId: z.uuid(), segment: z.number().int().min(0) }),
});

/** Somebody ended a run: what the engine still plans for it is dropped. */
export const executionCancelled = eventType("execution/cancelled", {
  schema: z.object({ tenantId: z.uuid(), executionId: z.uuid() }),
});

/** Many runs wait to be stopped, resumed or replayed: asked for, or what the last turn left. */
export const batchRequested = eventType("run-batch/requested", {
  schema: z.object({ tenantId: z.uuid(), batchId: z.uuid(), turn: z.number().int().min(0) }),
});

/** The time has come at which a waiting step goes on by itself. Sent ahead, to arrive at that time. */
export const stepDue = eventType("execution/step-due", {
  schema: z.object({ tenantId: z.uuid(), executionId: z.uuid(), stepId: z.uuid() }),
});

/** A mail was written and waits to be sent. */
export const mailQueued = eventType("mail/queued", { schema: z.strictObject({}) });

/** The time of a schedule has come, or comes at the time of this event. */
export const scheduleDue = eventType("schedule/due", {
  schema: z.object({ tenantId: z.uuid(), triggerId: z.uuid(), tick: z.iso.datetime() }),
});

/** Messages to a tenant's endpoints wait to be sent. */
export const webhooksDue = eventType("webhooks/due", { schema: z.strictObject({ tenantId: z.uuid() }) });

/** Something was told: whose endpoints have to be sent messages is looked up. */
export const noticesQueued = eventType("notices/queued", { schema: z.strictObject({}) });

/** An event of Stripe was stored and waits to be applied. */
export const stripeReceived = eventType("stripe/received", {
  schema: z.object({ eventId: z.string().max(255) }),
});

/** Money or a promise of it came in: what waits for credit may go on. */
export const creditAdded = eventType("credit/added", { schema: z.strictObject({ tenantId: z.uuid() }) });

/** Prices of a tenant changed of which something waits for money: what it needs may be another amount. */
export const pricesChanged = eventType("prices/changed", { schema: z.strictObject({ tenantId: z.uuid() }) });

/** A wallet has fallen to where its tenant wants credit bought by itself (`isLow`), or caps of the tenant have new alerts. */
export const walletLow = eventType("wallet/low", {
  schema: z.strictObject({ tenantId: z.uuid(), isLow: z.boolean() }),
});

/** A payout to a partner is approved, or what held it is mended: it may be sent. */
export const payoutApproved = eventType("payout/approved", {
  schema: z.strictObject({ payoutId: z.uuid() }),
});

/** Workspaces came to another seller, and are to be told. */
export const tenantsHandedOver = eventType("tenants/handed-over", { schema: z.strictObject({}) });

/** An admin wants the books reconciled now. */
export const reconciliationRequested = eventType("reconciliation/requested", {
  schema: z.strictObject({ runId: z.uuid() }),
});
