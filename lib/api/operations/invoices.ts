import { z } from "zod";
import { count, fromMicros, fromNumeric, id, instant, pageOf, pagingQuery } from "@/lib/api/schemas";
import { listInvoicesInput } from "@/lib/billing/input";
import { defineOperation } from "../operation";
import { creditNote } from "./credit-notes";

const params = z.object({ invoiceId: z.uuid() });

export const invoice = z
  .object({
    id,
    number: z.string().meta({ examples: ["HB-2026-000042"] }),
    status: z.string().meta({
      description:
        "`pending` (to be paid), `overdue`, `paid`, `partially_refunded`, `refunded`, `void` or `uncollectible`.",
      examples: ["pending"],
    }),
    kind: z.string().meta({
      description:
        "`period`, `subscription`, `plan_change`, `topup`, or `statement`: all of it was paid with credit.",
      examples: ["period"],
    }),
    sellerName: z.string().meta({ examples: ["Northwind Digital"] }),
    customerName: z.string().meta({ examples: ["Brightleaf Foods"] }),
    total: fromNumeric,
    periodStart: instant,
    periodEnd: instant.meta({ description: "Exclusive." }),
    dueDate: instant,
    paidDate: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: "Invoice" });

const otherInvoice = z.object({ id, number: z.string().meta({ examples: ["HB-2026-000043"] }) });

export const invoiceDetail = invoice
  .extend({
    subtotal: fromMicros,
    tax: fromMicros,
    paid: fromMicros,
    credited: fromMicros.meta({ description: "Taken back by credit notes." }),
    creditNotes: z.array(creditNote),
    replaces: otherInvoice
      .nullable()
      .meta({ description: "The void invoice that this one asks for again, or null." }),
    replacedBy: otherInvoice
      .nullable()
      .meta({ description: "The invoice that asks for this void one again, or null." }),
    lines: z.array(
      z
        .object({
          id,
          position: count.meta({ examples: [1] }),
          kind: z.string().meta({
            description:
              "`usage`, `plan`, `proration`, `credit`, or `covered`: what credit paid, less than nothing.",
            examples: ["usage"],
          }),
          description: z.string().meta({ examples: ["Input tokens · GPT-5 mini"] }),
          unit: z.string().meta({ examples: ["1M_tokens"] }),
          quantity: z.string().meta({ examples: ["12.340000"] }),
          rate: fromNumeric,
          amount: fromNumeric.meta({ description: "Exact, as the ledger has it." }),
          charged: fromMicros.meta({ description: "Rounded to cents: what is charged." }),
        })
        .meta({ id: "InvoiceLine" }),
    ),
  })
  .meta({ id: "InvoiceDetail" });

export const listInvoicesOperation = defineOperation({
  id: "listInvoices",
  method: "get",
  path: "/invoices",
  tag: "Invoices",
  summary: "List invoices",
  description: "Newest first.",
  apiScope: "invoices:read",
  query: z.strictObject({
    status: listInvoicesInput.shape.status.describe(
      "Only invoices in this state. `pending` finds everything unpaid, `overdue` what of it is past its due date.",
    ),
    ...pagingQuery,
  }),
  response: pageOf(invoice),
});

export const getInvoiceOperation = defineOperation({
  id: "getInvoice",
  method: "get",
  path: "/invoices/{invoiceId}",
  tag: "Invoices",
  summary: "Get an invoice",
  description: "With its lines.",
  apiScope: "invoices:read",
  params,
  response: invoiceDetail,
});

export const getInvoicePdfOperation = defineOperation({
  id: "getInvoicePdf",
  method: "get",
  path: "/invoices/{invoiceId}/pdf",
  tag: "Invoices",
  summary: "Get an invoice as PDF",
  apiScope: "invoices:read",
  params,
  response: { mediaType: "application/pdf", description: "The file." },
});
