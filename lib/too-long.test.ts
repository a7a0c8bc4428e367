import { describe, expect, it } from "vitest";
import type { z } from "zod";
import * as admin from "@/lib/admin/input";
import { createAgentInput } from "@/lib/agents/input";
import { createApiKeyInput } from "@/lib/api-keys/input";
import { answerApprovalInput } from "@/lib/approvals/input";
import { saveDetailsInput, setTaxRateInput } from "@/lib/billing/details-input";
import * as billing from "@/lib/billing/input";
import { saveBrandingInput } from "@/lib/branding/input";
import { AppError } from "@/lib/errors";
import { questionForm } from "@/lib/knowledge/input";
import { createEndpointInput } from "@/lib/notifications/input";
import { parseInput } from "@/lib/parse";
import * as partners from "@/lib/partners/input";
import { recordTransferInput } from "@/lib/payments/input";
import { recordRefundInput, refundTopupInput, settleRefundInput } from "@/lib/payments/refund-input";
import * as payouts from "@/lib/payouts/input";
import { createPlanInput, updatePlanInput } from "@/lib/plans/input";
import { createDraftInput, saveDraftInput } from "@/lib/pricebook/input";
import { allowPriceInput, setSystemRateInput } from "@/lib/rates/input";
import { decideFindingInput } from "@/lib/reconcile/input";
import { checkRunInput } from "@/lib/runs/run-input";
import { createTriggerInput, updateTriggerInput } from "@/lib/triggers/input";
import { grantCustomerPromoInput, grantPromoInput, walletTermsInput } from "@/lib/wallet/input";
import { nodeSchema } from "@/lib/workflows/graph";
import { createWorkflowInput, publishWorkflowInput, renameWorkflowInput } from "@/lib/workflows/input";

const REASON = { reason: 500 };
const REFERENCE = { reference: 200 };
const PAGE = {
  name: 120,
  "settings.title": 120,
  "settings.description": 2_000,
  "settings.submitLabel": 40,
  "settings.thanks": 2_000,
};

/** Every text that people type into forms: what takes it, and how long it may be. */
const FORMS: Readonly<Record<string, readonly [z.ZodType, Readonly<Record<string, number>>]>> = {
  agent: [createAgentInput, { name: 100, description: 500, role: 20_000 }],
  question: [questionForm, { query: 4_000 }],
  "API key": [createApiKeyInput, { name: 80 }],
  "answer to an approval": [answerApprovalInput, { comment: 5_000 }],
  webhook: [createEndpointInput, { url: 2_000, description: 200 }],
  "new workflow": [createWorkflowInput, { name: 120, description: 1_000 }],
  "renamed workflow": [renameWorkflowInput, { name: 120, description: 1_000 }],
  "published workflow": [publishWorkflowInput, { note: 500 }],
  node: [nodeSchema, { name: 120 }],
  "new form page": [createTriggerInput, PAGE],
  "changed form page": [updateTriggerInput, PAGE],
  "invoice details": [
    saveDetailsInput,
    {
      legalName: 120,
      "address.line1": 120,
      "address.line2": 120,
      "address.postalCode": 20,
      "address.city": 80,
      "address.state": 80,
      taxId: 40,
      email: 254,
      reference: 120,
    },
  ],
  tax: [setTaxRateInput, { name: 40 }],
  branding: [
    saveBrandingInput,
    { displayName: 120, line1: 120, line2: 120, postalCode: 20, city: 80, taxId: 40, footer: 400 },
  ],
  "new plan": [createPlanInput, { name: 60, key: 40, description: 300 }],
  plan: [updatePlanInput, { name: 60, description: 300 }],
  "new draft of prices": [createDraftInput, { name: 120 }],
  "draft of prices": [saveDraftInput, { name: 120 }],
  rate: [setSystemRateInput, { description: 500 }],
  "higher price": [allowPriceInput, REASON],
  finding: [decideFindingInput, { note: 500 }],
  "void invoice": [billing.voidInvoiceInput, REASON],
  "credit note": [billing.creditNoteFormInput, { ...REASON, description: 200 }],
  "reversed entry": [billing.reverseEntryInput, REASON],
  "adjusted entry": [billing.adjustEntryInput, REASON],
  payment: [billing.recordPaymentInput, REFERENCE],
  transfer: [recordTransferInput, REFERENCE],
  refund: [refundTopupInput, REASON],
  "noted refund": [recordRefundInput, { ...REASON, ...REFERENCE }],
  "sent refund": [settleRefundInput, REFERENCE],
  "cancelled payout": [payouts.cancelPayoutInput, REASON],
  "paid payout": [payouts.recordPayoutInput, REFERENCE],
  "promotion of a partner": [payouts.promoAllowanceInput, REASON],
  commission: [payouts.adjustCommissionInput, REASON],
  promotion: [grantPromoInput, REASON],
  "promotion for a customer": [grantCustomerPromoInput, REASON],
  "terms of a wallet": [walletTermsInput, REASON],
  "new customer": [partners.createCustomerInput, { name: 120 }],
  "renamed customer": [partners.renameCustomerInput, { name: 120 }],
  "suspended customer": [partners.suspendCustomerInput, REASON],
  "suspended workspace": [admin.suspendTenantInput, REASON],
  visit: [admin.viewAsInput, REASON],
  person: [admin.setUserActiveInput, REASON],
  "new partner": [admin.createPartnerInput, { name: 120 }],
  partner: [admin.setPartnerStatusInput, REASON],
  "handed over workspace": [admin.handOverTenantInput, REASON],
  model: [admin.saveModelInput, { modelName: 120, providerModel: 200, description: 500 }],
  configuration: [admin.setConfigInput, { value: 10_000 }],
};

/** What a form with nothing but `text` in the field is told of it. */
function problemsOf(schema: z.ZodType, field: string, text: string): readonly string[] {
  const [first = "", second] = field.split(".");
  const given = { kind: "form", [first]: second ? { [second]: text } : text };
  try {
    parseInput(schema, given);
  } catch (error) {
    if (error instanceof AppError) return error.fields?.[field] ?? [];
    throw error;
  }
  return [];
}

it("a search takes whatever fits into its box: what is refused shows the whole list", () => {
  const lists = [admin.listTenantsInput, admin.listUsersInput, partners.listCustomersInput];
  for (const list of lists) expect(list.safeParse({ q: "a".repeat(200) }).success).toBe(true);
  expect(admin.listAuditInput.safeParse({ action: "a".repeat(200) }).success).toBe(true);
});

describe("a text that is too long", () => {
  const fields = Object.entries(FORMS).flatMap(([form, [schema, limits]]) =>
    Object.entries(limits).map(([field, most]) => ({ form, field, schema, most })),
  );

  it.each(fields)("is refused where it stands: $form, $field", ({ schema, field, most }) => {
    // As nobody's browser cuts it: an address and a key are long in their own way.
    const text = field === "email" ? `${"a".repeat(60)}@${"example.".repeat(40)}com` : "a".repeat(most + 1);
    const bound = new RegExp(
      `(\\b${most.toLocaleString("en-US")}|\\b${most}) .*characters|to ${most} small letters`,
    );
    expect(problemsOf(schema, field, text).join(" ")).toMatch(bound);
  });

  it("is refused with its label where a workflow asks for it", () => {
    const field = { key: "topic", label: "Topic", type: "text", required: true } as const;
    expect(checkRunInput([field], { topic: "a".repeat(2_001) })).toEqual({
      ok: false,
      fields: { "input.topic": ["“Topic” has at most 2,000 characters; this has 2,001."] },
    });
  });
});
