/**
 * The one table of who may do what. `authorize` reads it; nothing else decides.
 * `writes` marks what changes something, or costs the workspace something: refused while looking in read-only, and in a suspended workspace.
 */
export const API_SCOPES = [
  "agents:read",
  "agents:run",
  "workflows:read",
  "workflows:run",
  "executions:read",
  "executions:cancel",
  "approvals:answer",
  "executions:run",
  "documents:read",
  "documents:write",
  "usage:read",
  "invoices:read",
  "billing:write",
  "caps:write",
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

type TenantRule = {
  roles: readonly ("tenant_admin" | "user" | "job")[];
  apiScope?: ApiScope;
  writes?: true;
  /** Stays possible in a suspended workspace: looking, exporting, paying, leaving. */
  allowedWhenSuspended?: true;
};

const ADMIN = ["tenant_admin"] as const;
const MEMBER = ["tenant_admin", "user"] as const;
const MEMBER_AND_JOB = ["tenant_admin", "user", "job"] as const;
const JOB = ["job"] as const;

export const TENANT_PERMISSIONS = {
  "home.read": { roles: MEMBER },
  "agent.read": { roles: MEMBER_AND_JOB, apiScope: "agents:read" },
  "agent.create": { roles: MEMBER, writes: true },
  "agent.update": { roles: MEMBER, writes: true },
  "agent.run": { roles: MEMBER_AND_JOB, apiScope: "agents:run", writes: true },
  "workflow.read": { roles: MEMBER_AND_JOB, apiScope: "workflows:read" },
  "workflow.create": { roles: MEMBER, writes: true },
  "workflow.update": { roles: MEMBER, writes: true },
  "workflow.publish": { roles: MEMBER, writes: true },
  "workflow.delete": { roles: ADMIN, writes: true },
  "workflow.run": { roles: MEMBER_AND_JOB, apiScope: "workflows:run", writes: true },
  "trigger.read": { roles: MEMBER },
  "trigger.manage": { roles: MEMBER, writes: true },
  /** To let anybody who learns an address start runs: a webhook without signatures, a public form. */
  "trigger.expose": { roles: ADMIN, writes: true },
  /** A call, tick or sent form, by the trigger's own address; whether the run may start is `workflow.run`'s to say. */
  "trigger.fire": { roles: JOB, writes: true, allowedWhenSuspended: true },
  "run.read": { roles: MEMBER_AND_JOB, apiScope: "executions:read" },
  "run.cancel": { roles: MEMBER, apiScope: "executions:cancel", writes: true, allowedWhenSuspended: true },
  "run.resume": { roles: MEMBER, apiScope: "executions:run", writes: true },
  "run.replay": { roles: MEMBER, apiScope: "executions:run", writes: true },
  "run.work": { roles: JOB, writes: true, allowedWhenSuspended: true },
  "knowledge.read": { roles: MEMBER_AND_JOB, apiScope: "documents:read" },
  "knowledge.search": { roles: MEMBER_AND_JOB, apiScope: "documents:read", writes: true },
  "knowledge.upload": { roles: MEMBER, apiScope: "documents:write", writes: true },
  "knowledge.delete": { roles: MEMBER, apiScope: "documents:write", writes: true },
  "knowledge.ingest": { roles: JOB, writes: true, allowedWhenSuspended: true },
  "model.read": { roles: MEMBER_AND_JOB, apiScope: "agents:read" },
  "usage.read": { roles: MEMBER, apiScope: "usage:read" },
  "billing.read": { roles: ADMIN, apiScope: "invoices:read" },
  /** A saved card, for a bill that is due. */
  "billing.charge": { roles: JOB, writes: true, allowedWhenSuspended: true },
  "plan.change": { roles: ADMIN, apiScope: "billing:write", writes: true },
  "plan.cancel": { roles: ADMIN, apiScope: "billing:write", writes: true, allowedWhenSuspended: true },
  /** Who the workspace is on its invoices. */
  "billing.update": { roles: ADMIN, writes: true, allowedWhenSuspended: true },
  /** Whoever has the secret address of an invoice may pay it. */
  "billing.pay_by_address": { roles: JOB, writes: true, allowedWhenSuspended: true },
  "billing.pay": { roles: ADMIN, apiScope: "billing:write", writes: true, allowedWhenSuspended: true },
  "credit.work": { roles: JOB, writes: true, allowedWhenSuspended: true },
  "spend.update": { roles: ADMIN, apiScope: "caps:write", writes: true, allowedWhenSuspended: true },
  "team.read": { roles: MEMBER },
  "team.manage": { roles: ADMIN, writes: true },
  "api_key.read": { roles: ADMIN },
  "api_key.manage": { roles: ADMIN, writes: true },
  /** By its name, for a call of another service. */
  "credential.choose": { roles: MEMBER },
  "credential.read": { roles: ADMIN },
  "credential.manage": { roles: ADMIN, writes: true },
  /** With its value, for the call of a step that is to use it. */
  "credential.use": { roles: JOB, allowedWhenSuspended: true },
  "settings.read": { roles: MEMBER },
  "settings.update": { roles: ADMIN, writes: true },
  "audit.read": { roles: ADMIN },
  "approval.read": { roles: MEMBER, apiScope: "approvals:answer" },
  "approval.answer": { roles: MEMBER, apiScope: "approvals:answer", writes: true },
  "approval.remind": { roles: JOB, writes: true, allowedWhenSuspended: true },
  "notification.read": { roles: MEMBER },
  "notification.update": { roles: MEMBER, writes: true, allowedWhenSuspended: true },
  "notice.deliver": { roles: JOB, writes: true, allowedWhenSuspended: true },
  "webhook_endpoint.read": { roles: ADMIN },
  "webhook_endpoint.manage": { roles: ADMIN, writes: true },
} as const satisfies Record<string, TenantRule>;

export type TenantPermission = keyof typeof TENANT_PERMISSIONS;

/** Everybody in a partner's team may do these. */
export const PARTNER_PERMISSIONS = [
  "customer.read",
  "customer.create",
  "customer.update",
  "customer.suspend",
  "customer.invite",
  "price_book.read",
  "price_book.update",
  "price_draft.read",
  "price_draft.manage",
  "price_draft.schedule",
  "margin.read",
  "statement.read",
  "payout.read",
  "payout.manage",
  "branding.read",
  "branding.update",
  "invoice.read",
  "promo.grant",
  "partner_team.read",
  "partner_team.manage",
  "partner_audit.read",
] as const;
export type PartnerPermission = (typeof PARTNER_PERMISSIONS)[number];

/** What a suspended partner still does: it looks, exports, and sees what it is owed. Everything else is refused. */
export const SUSPENDED_PARTNER_PERMISSIONS: readonly PartnerPermission[] = PARTNER_PERMISSIONS.filter(
  (permission) => permission.endsWith(".read"),
);

/** Every app admin may do these. */
export const PLATFORM_PERMISSIONS = [
  "overview.read",
  "tenant.read",
  "tenant.create",
  "tenant.suspend",
  "tenant.hand_over",
  "tenant.invite",
  "tenant.view_as",
  "partner.read",
  "partner.create",
  "partner.update",
  "user.read",
  "user.suspend",
  "model.read",
  "model.update",
  "rate.read",
  "rate.update",
  "price_draft.read",
  "price_draft.manage",
  "price_draft.schedule",
  "price_book.allow",
  "config.read",
  "config.update",
  "limit.read",
  "limit.update",
  "tax.read",
  "tax.update",
  "plan.read",
  "plan.update",
  "ledger.read",
  "ledger.check",
  "ledger.adjust",
  "wallet.update",
  "promo.grant",
  "promo.allow",
  "invoice.read",
  "invoice.close_period",
  "invoice.record_payment",
  "invoice.collect",
  "invoice.void",
  "invoice.credit",
  "payment.read",
  "refund.create",
  "payout.read",
  "payout.approve",
  "reconcile.read",
  "reconcile.run",
  "reconcile.decide",
  "stripe.retry",
  "job.read",
  "job.manage",
  "outbox.read",
  "mail.read",
  "mail.send_again",
  "platform_audit.read",
] as const;
export type PlatformPermission = (typeof PLATFORM_PERMISSIONS)[number];

export type Permission = TenantPermission | PartnerPermission | PlatformPermission;
