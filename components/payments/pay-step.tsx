"use client";

import { type MouseEvent, type ReactNode, useCallback, useState, useTransition } from "react";
import { CardElement, type LoadedCard, lacks, stripeInBrowser } from "@/components/payments/card-element";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { pagePerson } from "@/components/shared/page-person";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { StartedPayment } from "@/lib/payments/started-payment";
import type { ServerAction } from "@/lib/result";

type Refresh = ServerAction<{ status: string; failure: string | null }>;

const TRIES = 5;
const PAUSE_MS = 1500;

/** Whether our own server knows that the money came: that, and not what a browser heard, is what counts. */
async function isArrived(refresh: Refresh, paymentId: string): Promise<"succeeded" | "processing"> {
  for (let turn = 0; turn < TRIES; turn += 1) {
    if (turn > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const now = await refresh(pagePerson(), { paymentId }).catch(() => null);
    if (now?.ok && now.data.status === "succeeded") return "succeeded";
  }
  return "processing";
}

/** What went wrong, and whether anything may have been taken all the same. */
type Problem = { readonly title: string; readonly taken: "nothing" | "unknown" };

/** Confirms with the card in the form, or with one that is saved; gives what went wrong, or null. */
async function confirm(payment: StartedPayment, card: LoadedCard | null): Promise<string | null> {
  const confirmParams = { return_url: window.location.href };
  if (card) {
    const { elements } = card;
    const { error } = await card.stripe.confirmPayment({ elements, confirmParams, redirect: "if_required" });
    return error ? (error.message ?? "The card was not accepted.") : null;
  }
  const stripe = await stripeInBrowser(payment);
  const { error } = await stripe.confirmPayment({
    clientSecret: payment.clientSecret,
    confirmParams: { ...confirmParams, payment_method: payment.savedMethod ?? "" },
    redirect: "if_required",
  });
  return error ? (error.message ?? "The card was not accepted.") : null;
}

/**
 * The last step of a payment: a card, the bank's question if it has one, and the wait until our own server has heard that
 * the money came. A press while one is under way does nothing, and the payment stays the same however often it is tried.
 */
export function PayStep({
  payment,
  label,
  summary,
  refresh,
  onEnd,
  onBack,
}: {
  payment: StartedPayment;
  label: string;
  /** What is paid, and with which card when it is a saved one; null where the page says it. */
  summary: ReactNode;
  refresh: Refresh;
  onEnd: (state: "succeeded" | "processing") => void;
  onBack: () => void;
}) {
  const [card, setCard] = useState<LoadedCard | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, startTransition] = useTransition();
  const onReady = useCallback((loaded: LoadedCard | null) => setCard(loaded), []);
  const isSaved = payment.savedMethod !== null;
  const keepFocus = useKeptFocus();

  function back(event: MouseEvent<HTMLButtonElement>) {
    keepFocus(event.currentTarget);
    onBack();
  }

  function pay(event: MouseEvent<HTMLButtonElement>) {
    keepFocus(event.currentTarget);
    setProblem(null);
    startTransition(async () => {
      const lacking = card && !isSaved ? await lacks(card).catch(() => UNREACHABLE.message) : null;
      if (lacking) return setProblem({ title: lacking, taken: "nothing" });
      const refused = await confirm(payment, isSaved ? null : card).catch(() => UNREACHABLE.message);
      if (!refused) return onEnd(await isArrived(refresh, payment.paymentId));
      // It may have been only the answer that did not come.
      const now = await refresh(pagePerson(), { paymentId: payment.paymentId }).catch(() => null);
      const status = now?.ok ? now.data.status : null;
      if (status === "succeeded" || status === "processing") return onEnd(status);
      setProblem({ title: refused, taken: status ? "nothing" : "unknown" });
    });
  }

  return (
    <div className="grid max-w-lg gap-4">
      {typeof summary === "string" ? <p className="text-sm">{summary}</p> : summary}
      {problem ? (
        <Alert tone="danger" title={problem.title}>
          {problem.taken === "nothing"
            ? "Nothing was taken. Try again, or another card."
            : "Whether it was taken is not known yet. Try again: it is taken once at most."}
        </Alert>
      ) : null}
      {isSaved ? null : <CardElement form={payment} onReady={onReady} />}
      <div className="flex flex-wrap gap-2">
        <Button onClick={pay} loading={pending} disabled={!isSaved && !card}>
          {label}
        </Button>
        {/* Another payment might be taken besides this one. */}
        {problem?.taken === "unknown" ? null : (
          <Button variant="ghost" onClick={back} disabled={pending}>
            Back
          </Button>
        )}
      </div>
    </div>
  );
}
