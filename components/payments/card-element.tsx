"use client";

import type { Stripe, StripeElements } from "@stripe/stripe-js";
import { loadStripe } from "@stripe/stripe-js/pure";
import { useTheme } from "next-themes";
import { useEffect, useRef, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Skeleton } from "@/components/ui/skeleton";
import type { CardForm } from "@/lib/payments/card-form";

/** A card form that stands on the page: what it takes to send it. */
export type LoadedCard = { stripe: Stripe; elements: StripeElements };

const scripts = new Map<string, Promise<void>>();

/** Stripe.js takes a `window.Stripe` that is there: that of a Stripe on this machine. */
function loadScript(url: string): Promise<void> {
  const known = scripts.get(url);
  if (known) return known;
  const loading = new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error("the script could not be loaded")));
    document.head.append(script);
  });
  scripts.set(url, loading);
  return loading;
}

/** Checks the card in the form; gives what it lacks, or null. */
export async function lacks({ elements }: LoadedCard): Promise<string | null> {
  const { error } = await elements.submit();
  return error ? (error.message ?? "The card is not complete.") : null;
}

/** Stripe's own script, once for the page. @throws when it cannot be loaded */
export async function stripeInBrowser(keys: Pick<CardForm, "publishableKey" | "scriptUrl">): Promise<Stripe> {
  if (keys.scriptUrl) await loadScript(keys.scriptUrl);
  const stripe = await loadStripe(keys.publishableKey);
  if (!stripe) throw new Error("Stripe.js is not there");
  return stripe;
}

/** The fields of a card, in a frame of Stripe's: the number never comes near this page or its server. */
export function CardElement({
  form,
  onReady,
}: {
  form: CardForm;
  onReady: (card: LoadedCard | null) => void;
}) {
  const card = useRef<HTMLElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  const { resolvedTheme } = useTheme();
  const { clientSecret, publishableKey, scriptUrl } = form;
  const isDark = resolvedTheme === "dark";

  useEffect(() => {
    let isGone = false;
    let unmount = () => {};
    setState("loading");
    (async () => {
      const stripe = await stripeInBrowser({ publishableKey, scriptUrl });
      if (isGone || !place.current) return;
      const elements = stripe.elements({
        clientSecret,
        appearance: { theme: isDark ? "night" : "stripe", variables: { borderRadius: "6px" } },
      });
      const element = elements.create("payment");
      element.on("ready", () => {
        setState("ready");
        onReady({ stripe, elements });
      });
      element.on("loaderror", () => setState("failed"));
      element.mount(place.current);
      unmount = () => element.destroy();
    })().catch(() => setState("failed"));
    return () => {
      isGone = true;
      onReady(null);
      unmount();
    };
  }, [clientSecret, publishableKey, scriptUrl, isDark, onReady]);

  // What was pressed for it is gone, and its fields are what comes next.
  useEffect(() => card.current?.focus(), []);

  return (
    <section
      ref={card}
      aria-label="Card details"
      aria-busy={state === "loading"}
      tabIndex={-1}
      className="grid gap-3 outline-none"
    >
      {state === "loading" ? <Skeleton className="h-40 w-full" /> : null}
      {state === "failed" ? (
        <Alert tone="danger" title="The card form could not be loaded.">
          Something keeps this page from reaching Stripe. Load the page again, or pay by bank transfer.
        </Alert>
      ) : null}
      <div ref={place} className={state === "failed" ? "hidden" : undefined} data-testid="card-element" />
    </section>
  );
}
