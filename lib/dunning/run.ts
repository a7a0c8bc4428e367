import "server-only";
import { and, asc, eq, inArray, lt, lte, sql } from "drizzle-orm";
import { asSystem, asWorker, type Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { dueCents } from "@/lib/billing/apply-payment";
import { hostedAddress, hostedToken } from "@/lib/billing/hosted";
import { LEAST_CENTS } from "@/lib/billing/least";
import { readParty } from "@/lib/billing/party";
import { dueDate } from "@/lib/billing/period";
import { UNPAID_STATUSES } from "@/lib/billing/state";
import { databaseTime } from "@/lib/clock";
import { queueMail } from "@/lib/email/queue";
import { AppError } from "@/lib/errors";
import { notify } from "@/lib/notifications/notify";
import { COLLECTED_AT_STRIPE } from "@/lib/payments/collect/reason";
import { type Charged, chargeInvoice } from "@/lib/payments/commands/pay-invoice";
import { presentTime } from "@/lib/present-time";
import { hashToken } from "@/lib/secrets/tokens";
import { findStripe } from "@/lib/stripe/client";
import { endUnbegun } from "@/lib/subscriptions/unbegun";
import { DUNNING, impose } from "./impose";
import { dunningMessage, needsBank, type Told, type Tried } from "./message";
import { isWorthIt } from "./owed";
import {
  DUNNING_STEPS,
  type DueStep,
  type DunningName,
  type DunningStep,
  STAGE_OF,
  stageAt,
} from "./schedule";

type Invoice = typeof invoices.$inferSelect;
export type Dunnable = { tenantId: string; invoiceId: string };

const BATCH = 500;

/** Unpaid invoices whose next step has come, the oldest first. */
export async function findDunnable(): Promise<Dunnable[]> {
  return asSystem("dunning", (tx) =>
    tx
      .select({ tenantId: invoices.tenantId, invoiceId: invoices.id })
      .from(invoices)
      .where(
        and(
          inArray(invoices.status, [...UNPAID_STATUSES]),
          lt(invoices.dunningStage, DUNNING_STEPS.length),
          isWorthIt,
          lte(sql`coalesce(${invoices.nextAttemptAt}, ${invoices.dueDate})`, databaseTime()),
        ),
      )
      .orderBy(asc(invoices.id))
      .limit(BATCH),
  );
}

/** What an invoice has come to now; null when nothing is due on it that anybody is gone after for, or nothing is to be done yet. */
function look(invoice: Invoice | undefined, now: Date): { told: Told; due: DueStep } | null {
  if (!invoice?.finalizedAt || dueCents(invoice) < LEAST_CENTS || invoice.status === "uncollectible")
    return null;
  const due = stageAt(invoice, now);
  return due && { told: { ...invoice, dueCents: dueCents(invoice) }, due };
}

async function read(tx: Tx, tenantId: string, invoiceId: string): Promise<Invoice | undefined> {
  const [invoice] = await tx
    .select()
    .from(invoices)
    .where(and(eq(invoices.tenantId, tenantId), eq(invoices.id, invoiceId)))
    .for("update");
  return invoice;
}

/** What became of a try, made once for its day; `paid` and `under_way` leave nothing to be told. */
async function tryCard(
  scope: TenantScope,
  invoiceId: string,
  day: number,
): Promise<Tried | "paid" | "under_way"> {
  if (!(await findStripe())) return { outcome: "no_card", reason: null };
  const charged = await chargeInvoice(scope, { invoiceId, tryName: `day-${day}` }).catch(known);
  if (typeof charged === "string") return charged;
  const { outcome, reason } = charged;
  if (outcome === "succeeded") return "paid";
  return outcome === "processing" ? "under_way" : { outcome, reason };
}

function known(error: unknown): Charged | "paid" | "under_way" {
  if (error instanceof AppError && error.reason === COLLECTED_AT_STRIPE)
    return { outcome: "no_card", paymentId: null, reason: COLLECTED_AT_STRIPE };
  if (error instanceof AppError && error.reason === "nothing_due") return "paid";
  if (error instanceof AppError && error.reason === "payment_under_way") return "under_way";
  throw error;
}

/**
 * Tells the admins, once for each step. Before the step is marked: whoever ends in between is followed by one who finds
 * them told.
 */
async function tell(scope: TenantScope, told: Told, { step, nextAt }: DueStep, tried: Tried): Promise<void> {
  const after = { ...told, dunningStage: step.stage, nextAttemptAt: nextAt };
  await asWorker(scope, (tx) =>
    notify(tx, scope, {
      kind: "payment_failed",
      ...dunningMessage(after, step, tried),
      // Not its pay page: from a page without card forms that has to be loaded anew.
      href: `/app/billing/${told.id}`,
      dedupeKey: `dunning:${told.id}:${step.stage}`,
      to: { admins: true },
      ids: { invoiceId: told.id },
    }),
  );
}

/**
 * Whoever the invoice was mailed to, when that is not the admins: they have no account, and pay where the mail leads.
 */
async function mailPayer(
  tx: Tx,
  invoice: Invoice,
  told: Told,
  step: DunningStep,
  tried: Tried,
): Promise<void> {
  const { email } = readParty(invoice.customer, invoice.customerName);
  if (!email) return;
  const token = hostedToken(invoice.id);
  await tx
    .update(invoices)
    .set({ hostedTokenHash: hashToken(token) })
    .where(eq(invoices.id, invoice.id));
  const { title, body } = dunningMessage(told, step, tried);
  await queueMail(tx, {
    to: email,
    subject: title,
    body,
    action: { label: "View and pay", url: hostedAddress(token) },
    idempotencyKey: `dunning:${invoice.id}:${step.stage}:${email}`,
  });
}

/** Marks a step and takes what it takes; false when the invoice went on meanwhile, or was given time. */
async function take(
  scope: TenantScope,
  told: Told,
  { step, nextAt }: DueStep,
  tried: Tried,
  now: Date,
): Promise<boolean> {
  return asSystem("dunning", async (tx) => {
    const invoice = await read(tx, scope.tenantId, told.id);
    if (!invoice || look(invoice, now)?.due.step.stage !== step.stage) return false;
    const status = step.stage === STAGE_OF.uncollectible ? "uncollectible" : "overdue";
    const isFailure = tried.outcome === "failed" && !needsBank(tried);
    await tx
      .update(invoices)
      .set({
        status,
        dunningStage: step.stage,
        nextAttemptAt: nextAt,
        attempts: invoice.attempts + (isFailure ? 1 : 0),
      })
      .where(eq(invoices.id, invoice.id));
    await audit(tx, DUNNING, {
      action: "invoice.dun",
      targetType: "invoice",
      targetId: invoice.id,
      tenantId: invoice.tenantId,
      partnerId: invoice.partnerId,
      before: { status: invoice.status, stage: invoice.dunningStage },
      after: { status, stage: step.stage, step: step.name, tried: tried.outcome, reason: tried.reason },
    });
    await impose(tx, invoice, step);
    await mailPayer(tx, invoice, { ...told, dunningStage: step.stage, nextAttemptAt: nextAt }, step, tried);
    return true;
  });
}

/** It was to be charged, and there is no card any more, or no Stripe: it is paid by transfer, with time for that. */
async function waitForTransfer(scope: TenantScope, told: Told, now: Date): Promise<void> {
  const until = dueDate(now);
  await asSystem("dunning", async (tx) => {
    const [changed] = await tx
      .update(invoices)
      .set({ collection: "transfer", nextAttemptAt: until })
      .where(
        and(
          eq(invoices.tenantId, scope.tenantId),
          eq(invoices.id, told.id),
          eq(invoices.collection, "card"),
          eq(invoices.dunningStage, 0),
        ),
      )
      .returning({ partnerId: invoices.partnerId });
    if (!changed) return;
    await audit(tx, DUNNING, {
      action: "invoice.await_transfer",
      targetType: "invoice",
      targetId: told.id,
      tenantId: scope.tenantId,
      partnerId: changed.partnerId,
      before: { collection: "card" },
      after: { collection: "transfer", until: until.toISOString() },
      reason: "There was no card to charge.",
    });
  });
}

export type DunEnd = "nothing" | "ended" | "paid" | "under_way" | "waits_for_transfer" | DunningName;

/**
 * Makes the step that an unpaid invoice has come to: the saved card is tried, the admins are told, and the workspace is
 * held to what is owed; a plan that never began ends with its first invoice, and is owed by nobody. Each part is safe to repeat: the try is made once for its day, people are told once, and of two
 * who come at once one marks the step.
 *
 * @throws AppError `upstream` while Stripe is away: nothing is marked, and the same step is made later
 */
export async function dunInvoice(scope: TenantScope, invoiceId: string): Promise<DunEnd> {
  authorize(scope, "billing.charge");
  const { invoice, now } = await asSystem("dunning", async (tx) => ({
    invoice: await read(tx, scope.tenantId, invoiceId),
    now: await presentTime(tx),
  }));
  const found = look(invoice, now);
  if (!found) return "nothing";
  const { told, due } = found;
  if (due.step.stage === STAGE_OF.uncollectible) {
    const unbegun = await endUnbegun(scope, invoiceId, now);
    if (unbegun !== "begun") return unbegun;
  }
  const tried = due.step.isTry
    ? await tryCard(scope, invoiceId, due.step.day)
    : ({ outcome: "no_card", reason: null } as const);
  if (typeof tried === "string") return tried;
  const isAtStripe = tried.reason === COLLECTED_AT_STRIPE;
  const hasNoCard = tried.outcome === "no_card" && !isAtStripe;
  if (due.step.stage === STAGE_OF.overdue && hasNoCard && told.collection === "card") {
    await waitForTransfer(scope, told, now);
    return "waits_for_transfer";
  }
  await tell(scope, told, due, tried);
  return (await take(scope, told, due, tried, now)) ? due.step.name : "nothing";
}
