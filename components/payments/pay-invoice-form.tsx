"use client";

import { useState } from "react";
import { PayStep } from "@/components/payments/pay-step";
import { PaymentEnd, usePayment } from "@/components/payments/payment-end";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { Link } from "@/components/ui/link";
import { NativeSelect } from "@/components/ui/native-select";
import type { StartedPayment } from "@/lib/payments/started-payment";
import type { ServerAction } from "@/lib/result";

type Props = {
  start: ServerAction<StartedPayment>;
  refresh: ServerAction<{ status: string; failure: string | null }>;
  cards: readonly { id: string; label: string }[];
  invoiceId: string;
  /** False once it is paid, also while this form says so. */
  isDue: boolean;
  due: string;
};

/** Pays an invoice: the choice of a card, then the payment. */
export function PayInvoiceForm({ start, refresh, cards, invoiceId, isDue, due }: Props) {
  const { requestKey, payment, setPayment, end, setEnd, back } = usePayment();
  const [methodId, setMethodId] = useState(cards[0]?.id ?? "");
  const card = cards.find(({ id }) => id === methodId);

  if (end)
    return (
      <PaymentEnd
        end={end}
        thanks="Thank you. What waited for it goes on by itself."
        link={<Link href={`/app/billing/${invoiceId}`}>To the invoice</Link>}
      />
    );
  if (payment) {
    return (
      <PayStep
        payment={payment}
        label={`Pay ${due}`}
        summary={card ? `With ${card.label}.` : null}
        refresh={refresh}
        onEnd={setEnd}
        onBack={back}
      />
    );
  }
  if (!isDue) return null;
  return (
    <ActionForm action={start} onSuccess={setPayment} className="grid max-w-md gap-4">
      <input type="hidden" name="requestKey" value={requestKey} />
      <input type="hidden" name="invoiceId" value={invoiceId} />
      <FormField name="methodId" label="Card" required>
        <NativeSelect value={methodId} onChange={(event) => setMethodId(event.target.value)}>
          {cards.map((card) => (
            <option key={card.id} value={card.id}>
              {card.label}
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
