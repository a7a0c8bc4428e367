"use client";

import { CreditCard } from "lucide-react";
import { useRouter } from "next/navigation";
import { type MouseEvent, useCallback, useState, useTransition } from "react";
import { CardElement, type LoadedCard, lacks } from "@/components/payments/card-element";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { pagePerson } from "@/components/shared/page-person";
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
  const [form, setForm] = useState<CardForm | null>(null);
  if (!form) return <OpenForm start={start} onOpen={setForm} />;
  return <OpenedForm form={form} refresh={refresh} onClose={() => setForm(null)} />;
}

function OpenForm({ start, onOpen }: Pick<Props, "start"> & { onOpen: (form: CardForm) => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();
  const keepFocus = useKeptFocus();

  function open(event: MouseEvent<HTMLButtonElement>) {
    keepFocus(event.currentTarget);
    setProblem(null);
    startTransition(async () => {
      const result = await start(pagePerson(), { requestKey: crypto.randomUUID() }).catch(() => null);
      if (result?.ok) onOpen(result.data);
      else setProblem(result?.error.message ?? UNREACHABLE.message);
    });
  }

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

/** Has Stripe save the card in the form; gives what went wrong, or null. */
async function confirm({ stripe, elements }: LoadedCard): Promise<string | null> {
  const confirmParams = { return_url: window.location.href };
  const { error } = await stripe.confirmSetup({ elements, confirmParams, redirect: "if_required" });
  return error ? (error.message ?? "The card was not accepted.") : null;
}

function OpenedForm({
  form,
  refresh,
  onClose,
}: Pick<Props, "refresh"> & { form: CardForm; onClose: () => void }) {
  const router = useRouter();
  const [card, setCard] = useState<LoadedCard | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();
  const onReady = useCallback((loaded: LoadedCard | null) => setCard(loaded), []);
  const keepFocus = useKeptFocus();

  function cancel(event: MouseEvent<HTMLButtonElement>) {
    keepFocus(event.currentTarget);
    onClose();
  }

  function save(event: MouseEvent<HTMLButtonElement>) {
    if (!card) return;
    keepFocus(event.currentTarget);
    setProblem(null);
    startTransition(async () => {
      const lacking = await lacks(card).catch(() => UNREACHABLE.message);
      if (lacking) return setProblem(lacking);
      const refused = await confirm(card).catch(() => UNREACHABLE.message);
      const [setupIntentId] = form.clientSecret.split("_secret_");
      const now = await refresh(pagePerson(), { setupIntentId }).catch(() => null);
      // It may have been only the answer that did not come.
      if (refused && !(now?.ok && now.data.isSaved)) return setProblem(refused);
      toast.success("The card is saved.");
      onClose();
      router.refresh();
    });
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
          <Button variant="ghost" onClick={cancel} disabled={pending}>
            Cancel
          </Button>
        </div>
      </CardContent>
    </Card>
  );
}
