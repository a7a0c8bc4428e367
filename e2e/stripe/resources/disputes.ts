import type Stripe from "stripe";
import { z } from "zod";
import type { TestCard } from "../cards";
import { invalid } from "../fault";
import { created, flag, metadata, paging, takes, text } from "../params";
import { type Route, route } from "../router";
import { mergedMetadata, type World } from "../world";
import { book } from "./charges";

const DISPUTE_FEE = 1500;
const REVIEW_SECONDS = 3600;
const DAYS_TO_ANSWER = 9;

const NO_EVIDENCE: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};

/** The customer's bank takes a charge back. Of an inquiry no money moves yet. */
export function openDispute(world: World, charge: Stripe.Charge, card: TestCard): void {
  const isInquiry = card.isInquiry === true;
  const dispute: Stripe.Dispute = world.disputes.add({
    id: world.id("du"),
    object: "dispute",
    amount: charge.amount,
    balance_transactions: [],
    charge: charge.id,
    created: world.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { ...NO_EVIDENCE },
    evidence_details: {
      due_by: world.now() + DAYS_TO_ANSWER * 24 * 3600,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: "manual",
    },
    intended_submission_method: null,
    is_charge_refundable: isInquiry,
    livemode: false,
    metadata: {},
    network_reason_code: "10.4",
    payment_intent: charge.payment_intent,
    reason: card.disputeReason ?? "general",
    status: isInquiry ? "warning_needs_response" : "needs_response",
  } satisfies Stripe.Dispute);
  charge.disputed = true;
  world.emit({ type: "charge.dispute.created", object: dispute });
  if (isInquiry) return;
  const line = book(world, {
    type: "adjustment",
    amount: -dispute.amount,
    fee: DISPUTE_FEE,
    source: dispute.id,
  });
  dispute.balance_transactions.push(line);
  world.emit({ type: "charge.dispute.funds_withdrawn", object: dispute });
}

function close(world: World, dispute: Stripe.Dispute, status: "won" | "lost" | "warning_closed"): void {
  dispute.status = status;
  if (status === "won") {
    dispute.balance_transactions.push(
      book(world, { type: "adjustment", amount: dispute.amount, source: dispute.id }),
    );
    world.emit({ type: "charge.dispute.funds_reinstated", object: dispute });
  }
  world.emit({ type: "charge.dispute.closed", object: dispute });
}

const evidence = z
  .strictObject({
    customer_email_address: text.optional(),
    customer_name: text.optional(),
    product_description: text.optional(),
    uncategorized_text: text.optional(),
  })
  .optional();

/** The bank decides by what Stripe's test mode reads in the evidence: `winning_evidence` or `losing_evidence`. */
function submit(world: World, dispute: Stripe.Dispute): void {
  const isInquiry = dispute.status.startsWith("warning");
  dispute.status = isInquiry ? "warning_under_review" : "under_review";
  dispute.evidence_details.submission_count += 1;
  const said = dispute.evidence.uncategorized_text;
  if (said === "winning_evidence") {
    world.clock.after(REVIEW_SECONDS, () => close(world, dispute, isInquiry ? "warning_closed" : "won"));
  }
  if (said === "losing_evidence") world.clock.after(REVIEW_SECONDS, () => close(world, dispute, "lost"));
}

function checkOpen(dispute: Stripe.Dispute): void {
  if (/^(won|lost|warning_closed)$/.test(dispute.status)) throw invalid("This dispute is already closed");
}

export const disputeRoutes: readonly Route[] = [
  route("GET /v1/disputes/:id", {}, ({ world, path }) => world.disputes.get(path.id ?? "")),
  route(
    "GET /v1/disputes",
    takes<Stripe.DisputeListParams>()({
      ...paging,
      created,
      charge: text.optional(),
      payment_intent: text.optional(),
    }),
    ({ world, params, url }) =>
      world.disputes.page(
        url,
        params,
        (one) =>
          (!params.charge || one.charge === params.charge) &&
          (!params.payment_intent || one.payment_intent === params.payment_intent),
      ),
  ),
  route(
    "POST /v1/disputes/:id",
    takes<Stripe.DisputeUpdateParams>()({ evidence, metadata: metadata.optional(), submit: flag.optional() }),
    ({ world, params, path }) => {
      const dispute = world.disputes.get(path.id ?? "");
      checkOpen(dispute);
      dispute.metadata = mergedMetadata(dispute.metadata, params.metadata);
      if (params.evidence) {
        Object.assign(dispute.evidence, params.evidence);
        dispute.evidence_details.has_evidence = true;
      }
      if (params.evidence && params.submit !== false) submit(world, dispute);
      world.emit({ type: "charge.dispute.updated", object: dispute });
      return dispute;
    },
  ),
  route("POST /v1/disputes/:id/close", {}, ({ world, path }) => {
    const dispute = world.disputes.get(path.id ?? "");
    checkOpen(dispute);
    close(world, dispute, "lost");
    return dispute;
  }),
];
