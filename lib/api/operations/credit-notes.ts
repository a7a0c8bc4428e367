import { z } from "zod";
import { fromCents, id, instant, pageOf, pagingQuery } from "@/lib/api/schemas";
import { listCreditNotesInput } from "@/lib/billing/input";
import { defineOperation } from "../operation";

const params = z.object({ creditNoteId: z.uuid() });

export const creditNote = z
  .object({
    id,
    number: z.string().meta({ examples: ["CN-2026-000007"] }),
    invoiceId: id.meta({ description: "The invoice that it corrects." }),
    invoiceNumber: z.string().meta({ examples: ["HB-2026-000042"] }),
    sellerName: z.string().meta({ examples: ["Northwind Digital"] }),
    customerName: z.string().meta({ examples: ["Brightleaf Foods"] }),
    reason: z.string().meta({ examples: ["One answer was wrong."] }),
    subtotal: fromCents,
    tax: fromCents,
    total: fromCents.meta({ description: "What is taken back, its tax included." }),
    settledAs: z.string().meta({
      description:
        "How it reaches you: `due` (less is to be paid), `credit` in the workspace, or `money` back the way it was paid.",
      examples: ["credit"],
    }),
    issuedAt: instant,
  })
  .meta({ id: "CreditNote" });

export const creditNoteDetail = creditNote
  .extend({
    taxNote: z
      .string()
      .nullable()
      .meta({ description: "What the invoice says of tax.", examples: ["VAT 19 %"] }),
    lines: z.array(
      z
        .object({
          id,
          description: z.string().meta({ examples: ["Input tokens · GPT-5 mini"] }),
          amount: fromCents.meta({ description: "Before tax." }),
        })
        .meta({ id: "CreditNoteLine" }),
    ),
  })
  .meta({ id: "CreditNoteDetail" });

export const listCreditNotesOperation = defineOperation({
  id: "listCreditNotes",
  method: "get",
  path: "/credit-notes",
  tag: "Invoices",
  summary: "List credit notes",
  description: "Newest first. A credit note takes back a part of an invoice, which itself never changes.",
  apiScope: "invoices:read",
  query: z.strictObject({
    invoiceId: listCreditNotesInput.shape.invoiceId.describe("Only those of one invoice."),
    ...pagingQuery,
  }),
  response: pageOf(creditNote),
});

export const getCreditNoteOperation = defineOperation({
  id: "getCreditNote",
  method: "get",
  path: "/credit-notes/{creditNoteId}",
  tag: "Invoices",
  summary: "Get a credit note",
  description: "With its lines.",
  apiScope: "invoices:read",
  params,
  response: creditNoteDetail,
});

export const getCreditNotePdfOperation = defineOperation({
  id: "getCreditNotePdf",
  method: "get",
  path: "/credit-notes/{creditNoteId}/pdf",
  tag: "Invoices",
  summary: "Get a credit note as PDF",
  apiScope: "invoices:read",
  params,
  response: { mediaType: "application/pdf", description: "The file." },
});
