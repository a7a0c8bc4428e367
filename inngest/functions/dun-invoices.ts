import { cron } from "inngest";
import { jobScope } from "@/lib/auth/scope";
import { endGrace, findEndedGraces } from "@/lib/dunning/grace";
import { type DunEnd, dunInvoice, findDunnable } from "@/lib/dunning/run";
import { log } from "@/lib/log";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { tellExpiringCards } from "@/lib/payments/notices";
import { inngest } from "../client";

/**
 * Every hour: tells of cards that run out, holds workspaces to debts whose time is over, charges the saved cards of invoices that are due, and goes on with those that are not paid. One that fails
 * holds up nobody else and comes again an hour later.
 */
export const dunInvoices = inngest.createFunction(
  { id: "dun-invoices", name: "Go after unpaid invoices", triggers: [cron("25 * * * *")], concurrency: 1 },
  async ({ step }) => {
    const over = await step.run("graces", findEndedGraces);
    for (const { tenantId, invoiceId } of over)
      await step.run(`grace:${invoiceId}`, async () => {
        try {
          return await endGrace(await jobScope(tenantId, "dunning"), invoiceId);
        } catch (error) {
          log.warn(
            { err: error, invoiceId },
            "the end of a time to pay could not be told; it is tried again in an hour",
          );
          return false;
        }
      });
    const found = await step.run("find", findDunnable);
    const ends: Partial<Record<DunEnd | "failed", number>> = {};
    for (const { tenantId, invoiceId } of found) {
      const end = await step.run(`dun:${invoiceId}`, async () => {
        try {
          return await dunInvoice(await jobScope(tenantId, "dunning"), invoiceId);
        } catch (error) {
          log.warn(
            { err: error, invoiceId },
            "an invoice could not be gone after; it is tried again in an hour",
          );
          return "failed" as const;
        }
      });
      ends[end] = (ends[end] ?? 0) + 1;
    }
    const cards = await step.run("cards", tellExpiringCards);
    if (over.length + found.length + cards > 0) await step.run("tell", dispatchNotices);
    return ends;
  },
);
