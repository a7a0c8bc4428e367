import { intentChanged, pageEnded } from "@/lib/payments/events/intents";
import { invoiceChanged, invoicePaymentArrived } from "@/lib/payments/events/invoices";
import { customerChanged, methodChanged, setupEnded } from "@/lib/payments/events/methods";
import { chargeRefunded, disputeChanged, refundChanged } from "@/lib/payments/events/money-back";
import { accountChanged, bankPayoutChanged, transferChanged } from "@/lib/payouts/events";
import type { EventHandler } from "./event-handler";

/** What is done with each type of event. What is not listed is stored, and ignored. */
export const EVENT_HANDLERS: Readonly<Record<string, EventHandler>> = {
  "payment_intent.requires_action": intentChanged,
  "payment_intent.processing": intentChanged,
  "payment_intent.succeeded": intentChanged,
  "payment_intent.payment_failed": intentChanged,
  "payment_intent.canceled": intentChanged,
  "charge.refunded": chargeRefunded,
  "charge.refund.updated": refundChanged,
  "refund.created": refundChanged,
  "refund.updated": refundChanged,
  "refund.failed": refundChanged,
  "charge.dispute.created": disputeChanged,
  "charge.dispute.updated": disputeChanged,
  "charge.dispute.closed": disputeChanged,
  "charge.dispute.funds_withdrawn": disputeChanged,
  "charge.dispute.funds_reinstated": disputeChanged,
  "checkout.session.completed": pageEnded,
  "checkout.session.async_payment_succeeded": pageEnded,
  "checkout.session.async_payment_failed": pageEnded,
  "checkout.session.expired": pageEnded,
  "invoice.finalized": invoiceChanged,
  "invoice.finalization_failed": invoiceChanged,
  "invoice.paid": invoiceChanged,
  "invoice.payment_failed": invoiceChanged,
  "invoice.payment_action_required": invoiceChanged,
  "invoice.overdue": invoiceChanged,
  "invoice.marked_uncollectible": invoiceChanged,
  "invoice.voided": invoiceChanged,
  "invoice_payment.paid": invoicePaymentArrived,
  "setup_intent.succeeded": setupEnded,
  "setup_intent.setup_failed": setupEnded,
  "payment_method.attached": methodChanged,
  "payment_method.automatically_updated": methodChanged,
  "payment_method.updated": methodChanged,
  "payment_method.detached": methodChanged,
  "customer.updated": customerChanged,
  "customer.deleted": customerChanged,
  "account.updated": accountChanged,
  "capability.updated": accountChanged,
  "transfer.created": transferChanged,
  "transfer.updated": transferChanged,
  "transfer.reversed": transferChanged,
  "payout.paid": bankPayoutChanged,
  "payout.failed": bankPayoutChanged,
};
