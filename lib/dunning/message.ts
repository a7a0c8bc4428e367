import { centsToMicros, formatMicros } from "@/lib/money";
import { COLLECTED_AT_STRIPE } from "@/lib/payments/collect/reason";
import { DUNNING_STEPS, type DunnedInvoice, type DunningStep, STAGE_OF, timeOfStage } from "./schedule";

/** What became of the try that belongs to a step. */
export type Tried = {
  outcome: "failed" | "no_card";
  /** `authentication_required`: the bank wants to see its customer. `collected_at_stripe`: it is paid on Stripe's page. */
  reason: string | null;
};

export type Told = {
  id: string;
  invoiceNumber: string;
  dueCents: bigint;
  /** card | transfer */
  collection: string;
} & DunnedInvoice;

const day = (date: Date) =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(date);

export function needsBank({ outcome, reason }: Tried): boolean {
  return outcome === "failed" && reason === "authentication_required";
}

function titleOf({ invoiceNumber, dueCents }: Told, step: DunningStep, tried: Tried): string {
  const amount = formatMicros(centsToMicros(dueCents));
  if (step.stage === STAGE_OF.uncollectible) return `Your plan has ended: ${invoiceNumber} was not paid`;
  if (step.stage === STAGE_OF.suspended) return `Your workspace is suspended: ${invoiceNumber} is not paid`;
  if (needsBank(tried)) return `Your bank asks you to confirm ${amount} for invoice ${invoiceNumber}`;
  if (tried.outcome === "failed") return `Your card was declined: ${amount} for invoice ${invoiceNumber}`;
  return step.stage === STAGE_OF.overdue
    ? `Invoice ${invoiceNumber} is overdue: ${amount}`
    : `Invoice ${invoiceNumber} is still not paid: ${amount}`;
}

function whatHappened(tried: Tried): string {
  if (needsBank(tried))
    return "The saved card could not be charged while nobody was there: your bank wants you to confirm it. Open the invoice and pay it there.";
  if (tried.reason === COLLECTED_AT_STRIPE)
    return "Pay it on its page at Stripe, in one of the ways that are offered there: the invoice leads to it.";
  return tried.outcome === "failed"
    ? "The saved card could not be charged. Pay the invoice with another card, or by bank transfer."
    : "Pay it by card, or by bank transfer with its number as the reference.";
}

function whatComes(invoice: Told, step: DunningStep): string {
  const on = (name: Parameters<typeof timeOfStage>[1]) => {
    const time = timeOfStage(invoice, name);
    return time ? `on ${day(time)}` : "soon";
  };
  switch (step.name) {
    case "overdue":
    case "partner_told":
      return `If it is not paid, no new runs start from ${on("starts_blocked").replace("on ", "")}. What runs by then goes on to its end.`;
    case "starts_blocked":
      return `New runs no longer start; what runs goes on to its end. If nothing is paid, the workspace is suspended ${on("suspended")}.`;
    case "last_warning":
      return `New runs do not start. ${on("suspended").replace("on", "On")} the workspace is suspended: it can then be read and exported, and nothing runs.`;
    case "suspended":
      return `It can be read and exported; nothing runs and nothing can be changed. If nothing is paid, the plan ends ${on("uncollectible")}.`;
    case "uncollectible":
      return "The workspace stays suspended: it can be read and exported. You can still pay the invoice, and then choose a plan again.";
  }
}

/** What a workspace's admins are told at a step: what happened, what comes next, and that paying mends it. Dates in UTC. */
export function dunningMessage(
  invoice: Told,
  step: DunningStep,
  tried: Tried,
): { title: string; body: string } {
  const end =
    step.stage === STAGE_OF.uncollectible ? [] : ["As soon as it is paid, everything works again by itself."];
  return {
    title: titleOf(invoice, step, tried),
    body: [whatHappened(tried), whatComes(invoice, step), ...end].join("\n\n"),
  };
}

/** What a workspace's admins are told when the time they were given is over, and the invoice is not paid. */
export function graceOverMessage(invoice: Told): { title: string; body: string } {
  const step = DUNNING_STEPS[invoice.dunningStage - 1];
  const amount = formatMicros(centsToMicros(invoice.dueCents));
  const isSuspended = invoice.dunningStage >= STAGE_OF.suspended;
  const comes = step ? [whatComes(invoice, step)] : [];
  return {
    title: isSuspended
      ? `Your workspace is suspended: ${invoice.invoiceNumber} is not paid`
      : `Invoice ${invoice.invoiceNumber} is still not paid: ${amount}`,
    body: [
      `The time you were given to pay ${amount} is over. Pay it by card, or by bank transfer with its number as the reference.`,
      ...comes,
      "As soon as it is paid, the workspace works again by itself.",
    ].join("\n\n"),
  };
}
