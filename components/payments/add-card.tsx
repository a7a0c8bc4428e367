"use client";

import { CreditCard } from "lucide-react";
import { useRouter } from "next/navigation";
import { useCallback, useState, useTransition } from "react";
import { CardElement, type LoadedCard } from "@/components/payments/card-element";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { toast } from "@/components/ui/toast";
import type { CardForm } from "@/lib/payments/card-form";
import type { ServerAction } from "@/lib/result";

type Props = {
  start: ServerAction<CardForm>;
  refresh: ServerAction<{ isSaved: boolean }>;
};

/**
 * Saves a card: the form is Stripe's, and the card is ours to show once Stripe has it. It stands on the page, not in a
 * dialog: one that holds the focus would keep people from the page of their bank.
 */
export function AddCard({ start, refresh }: Props) {
  const router = useRouter();
  const [form, setForm] = useState<CardForm | null>(null);
  const [card, setCard] = useState<LoadedCard | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();
  const onReady = useCallback((loaded: LoadedCard | null) => setCard(loaded), []);

  function open() {
    setProblem(null);
    startTransition(async () => {
      const result = await start(null, { requestKey: crypto.randomUUID() }).catch(() => null);
      if (result?.ok) setForm(result.data);
      else setProblem(result?.error.message ?? UNREACHABLE.message);
    });
  }

  function save() {
    if (!card) return;
    setProblem(null);
    startTransition(async () => {
      const checked = await card.elements.submit();
      if (checked.error) return setProblem(checked.error.message ?? "The card is not complete.");
      const { error, setupIntent } = await card.stripe.confirmSetup({
        elements: card.elements,
        confirmParams: { return_url: window.location.href },
        redirect: "if_required",
      });
      if (error) return setProblem(error.message ?? "The card was not accepted.");
      await refresh(null, { setupIntentId: setupIntent.id }).catch(() => null);
      toast.success("The card is saved.");
      setForm(null);
      router.refresh();
    });
  }

  if (!form) {
    return (
      <div className="grid justify-items-start gap-3">
        {problem ? <Alert tone="danger" title={problem} /> : null}
        <Button onClick={open} loading={pending}>
          <CreditCard aria-hidden="true" />
          Add a card
        </Button>
      </div>
    );
  }
  return (
    <Card className="max-w-lg">
      <CardHeader>
        <CardTitle>Add a card</CardTitle>
        <CardDescription>
          Stripe keeps it: we only see its brand, last digits and expiry. Your bank may ask whether it is you.
        </CardDescription>
      </CardHeader>
      <CardContent className="grid gap-4">
        {problem ? <Alert tone="danger" title={problem} /> : null}
        <CardElement form={form} onReady={onReady} />
        <div className="flex flex-wrap gap-2">
          <Button onClick={save} loading={pending} disabled={!card}>
            Save card
          </Button>
          <Button variant="ghost" onClick={() => setForm(null)} disabled={pending}>
            Cancel
          </Button>
        </div>
      </CardContent>
    </Card>
  );
}
