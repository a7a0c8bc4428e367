"use client";

import { useState } from "react";
import { CreditAmount, creditPrice } from "@/components/payments/credit-amount";
import { CreditSum } from "@/components/payments/credit-sum";
import { PayStep } from "@/components/payments/pay-step";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Link } from "@/components/ui/link";
import { NativeSelect } from "@/components/ui/native-select";
import type { Tax } from "@/lib/billing/tax";
import { centsToMicros, formatMicros } from "@/lib/money";
import type { OrderedCredit, StartedPayment } from "@/lib/payments/started-payment";
import type { ServerAction } from "@/lib/result";

type Props = {
  start: ServerAction<StartedPayment & OrderedCredit>;
  refresh: ServerAction<{ status: string; failure: string | null }>;
  cards: readonly { id: string; label: string }[];
  /** What is added to the credit; null when there is no tax to speak of. */
  tax: Tax | null;
};

/** Buys credit: an amount and a card, then the payment. */
export function TopUpForm({ start, refresh, cards, tax }: Props) {
  const [amount, setAmount] = useState("50");
  const [methodId, setMethodId] = useState(cards[0]?.id ?? "");
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  const [payment, setPayment] = useState<(StartedPayment & OrderedCredit) | null>(null);
  const card = cards.find(({ id }) => id === methodId);
  const price = tax ? creditPrice(amount, tax) : null;
  const [end, setEnd] = useState<"succeeded" | "processing" | null>(null);

  function again() {
    setPayment(null);
    setEnd(null);
    setRequestKey(crypto.randomUUID());
  }

  if (end) return <Ended end={end} onAgain={again} />;
  if (payment) {
    return (
      <PayStep
        payment={payment}
        label={`Pay ${formatMicros(centsToMicros(payment.totalCents))}`}
        summary={<CreditSum order={payment} {...(card ? { note: `With ${card.label}.` } : {})} />}
        refresh={refresh}
        onEnd={setEnd}
        onBack={again}
      />
    );
  }
  return (
    <ActionForm action={start} onSuccess={setPayment} className="grid max-w-md gap-4">
      <input type="hidden" name="requestKey" value={requestKey} />
      <CreditAmount amount={amount} onChange={setAmount} />
      {cards.length > 0 ? (
        <FormField name="methodId" label="Card" required>
          <NativeSelect value={methodId} onChange={(event) => setMethodId(event.target.value)}>
            {cards.map((card) => (
              <option key={card.id} value={card.id}>
                {card.label}
              </option>
            ))}
            <option value="">Another card</option>
          </NativeSelect>
        </FormField>
      ) : null}
      {methodId === "" ? (
        <FormField name="saveCard" label="Save this card for later payments" inline>
          <Checkbox defaultChecked />
        </FormField>
      ) : null}
      {price ? <CreditSum order={price} /> : null}
      <div>
        <SubmitButton>Continue</SubmitButton>
      </div>
    </ActionForm>
  );
}

function Ended({ end, onAgain }: { end: "succeeded" | "processing"; onAgain: () => void }) {
  const isDone = end === "succeeded";
  return (
    <div className="grid max-w-md gap-4">
      <Alert
        tone={isDone ? "success" : "info"}
        title={isDone ? "Your credit is there." : "Your payment is under way."}
      >
        {isDone
          ? "Runs that waited for credit go on by themselves."
          : "Your bank has taken it; the credit appears as soon as the money has arrived. You need not stay here."}
      </Alert>
      <div className="flex flex-wrap gap-2">
        <Button asChild>
          <Link href="/app/billing">To billing</Link>
        </Button>
        <Button variant="outline" onClick={onAgain}>
          Add more
        </Button>
      </div>
    </div>
  );
}
