import type { TransactionOptions, Tx } from "@/db/access";
import type { PlatformScope } from "@/db/scope";
import type { AuditActor } from "@/lib/audit/record";
import { lockWallet } from "@/lib/wallet/lock";
import { findDocument, linkUsage, openDraft, openSince, openUsage, unlinkUsage } from "./draft";
import { billFeesAlone } from "./fees";
import { finalizeInvoice } from "./finalize";
import { buildInvoice } from "./invoice";
import type { Period } from "./period";

/** Opens a transaction that may write documents: an admin's, or the job's. */
export type Open = <T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions) => Promise<T>;
export type Closer = { open: Open; by: PlatformScope | AuditActor };

export type ClosedTenant = {
  tenantId: string;
  /** `statement`: everything was paid with credit. */
  outcome: "invoiced" | "statement" | "already_invoiced" | "nothing_to_bill";
  invoiceId: string | null;
};

/** The sum over all rows of a document takes as long as they need, and less than the driver waits. */
const SUM_MS = 28_000;

/**
 * Ties everything a tenant used before a period's end to a draft, window by window, each in a transaction of its own: what
 * was tied stays tied when this ends half-way, and the next one goes on. Gives the draft, null when nothing is open, or
 * the document that somebody else finished meanwhile.
 */
async function collect({ open }: Closer, tenantId: string, period: Period) {
  let document = await open((tx) => findDocument(tx, tenantId, period));
  let after: string | null = await open((tx) => openSince(tx, tenantId));
  while (after !== null && !document?.isFinal) {
    const from: string = after;
    const step = await open(async (tx) => {
      const { groups, upTo } = await openUsage(tx, tenantId, period, from);
      const isAll = document === null && upTo === null;
      if (groups.length === 0 || (isAll && buildInvoice({ usage: groups }).totalCents <= 0n))
        return { document, upTo };
      const draft = await openDraft(tx, tenantId, period);
      if (!draft.isFinal)
        await linkUsage(tx, { id: draft.id, tenantId, period }, { groups, after: from, upTo });
      return { document: draft, upTo };
    });
    document = step.document;
    after = step.upTo;
  }
  // Nothing open may also mean that somebody else has just tied it all.
  return document ?? open((tx) => findDocument(tx, tenantId, period));
}

/**
 * Waits until whoever was paying for usage with new credit is done. Who comes later sees that this usage is on a
 * document, and leaves it alone: what is summed from here on stays as it is.
 */
async function settleFunding({ open }: Closer, tenantId: string): Promise<void> {
  await open((tx) => lockWallet(tx, tenantId));
}

/** Gives the usage back that was tied to a draft: it comes with the next one. */
async function release({ open }: Closer, tenantId: string, period: Period): Promise<void> {
  const releaseSome = async (tx: Tx) => {
    const { id, isFinal } = await openDraft(tx, tenantId, period);
    return !isFinal && (await unlinkUsage(tx, tenantId, id));
  };
  while (await open(releaseSome));
}

/**
 * Closes one period of a tenant: one document, whoever else closes it at the same time and however often it is done.
 * A late row is left to the next document, under its own service month.
 */
export async function closeTenant(
  closer: Closer,
  tenantId: string,
  period: Period,
  now: Date,
): Promise<ClosedTenant> {
  const document = await collect(closer, tenantId, period);
  if (!document) return { tenantId, outcome: "nothing_to_bill", invoiceId: null };
  if (document.isFinal) return { tenantId, outcome: "already_invoiced", invoiceId: document.id };
  await settleFunding(closer, tenantId);
  const made = await closer.open(
    async (tx) => {
      const locked = await openDraft(tx, tenantId, period);
      if (locked.isFinal) return "final" as const;
      const whole = await finalizeInvoice(tx, closer.by, locked.id, now);
      if (whole) return { ...whole, isWhole: true };
      // At once, while nobody else can close it: a fee alone would make it final, and leave its usage behind.
      const fees = await billFeesAlone(tx, closer.by, { tenantId, draftId: locked.id }, now);
      return fees && { ...fees, isWhole: false };
    },
    { statementMs: SUM_MS },
  );
  if (made === "final") return { tenantId, outcome: "already_invoiced", invoiceId: document.id };
  if (!made?.isWhole) await release(closer, tenantId, period);
  if (!made) return { tenantId, outcome: "nothing_to_bill", invoiceId: null };
  return { tenantId, outcome: made.isStatement ? "statement" : "invoiced", invoiceId: made.invoiceId };
}
