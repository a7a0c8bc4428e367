"use client";

import { useState } from "react";
import { PayStep } from "@/components/payments/pay-step";
import { usePayment } from "@/components/payments/payment-end";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { NativeSelect } from "@/components/ui/native-select";
import type { StartedPayment } from "@/lib/payments/started-payment";
import type { ServerAction } from "@/lib/result";

type Props = {
  go: ServerAction<StartedPayment>;
  refresh: ServerAction<{ status: string; failure: string | null }>;
  cards: readonly { id: string; label: string }[];
  topupId: string;
  /** What is paid, as people write it. */
  total: string;
};

/** Pays for credit that somebody has begun to buy: the choice of a card, then the payment. */
export function ContinueTopupForm({ go, refresh, cards, topupId, total }: Props) {
  const { payment, setPayment, end, setEnd, back } = usePayment();
  const [methodId, setMethodId] = useState(cards[0]?.id ?? "");
  const card = cards.find(({ id }) => id === methodId);
  if (end)
    return (
      <div className="grid max-w-md gap-4">
        <Alert
          tone={end === "succeeded" ? "success" : "info"}
          title={end === "succeeded" ? "Your credit is there." : "Your payment is under way."}
        >
          {end === "succeeded"
            ? "Runs that waited for credit go on by themselves."
            : "The credit appears as soon as the money has arrived. You need not stay here."}
        </Alert>
        <div>
          <Button asChild>
            <Link href="/app/billing">To billing</Link>
          </Button>
        </div>
      </div>
    );
  if (payment)
    return (
      <PayStep
        payment={payment}
        label={`Pay ${total}`}
        summary={card ? `With ${card.label}.` : null}
        refresh={refresh}
        onEnd={setEnd}
        onBack={back}
      />
    );
  return (
    <ActionForm action={go} onSuccess={setPayment} className="grid max-w-md gap-4">
      <input type="hidden" name="topupId" value={topupId} />
      <FormField name="methodId" label="Card" required>
        <NativeSelect value={methodId} onChange={(event) => setMethodId(event.target.value)}>
          {cards.map((one) => (
            <option key={one.id} value={one.id}>
              {one.label}
            </option>
          ))}
          <option value="">{cards.length > 0 ? "Another card" : "A card"}</option>
        </NativeSelect>
      </FormField>
      <div>
        <SubmitButton>Continue</SubmitButton>
      </div>
    </ActionForm>
  );
}
