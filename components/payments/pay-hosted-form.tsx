"use client";

import { useCallback } from "react";
import { PayStep } from "@/components/payments/pay-step";
import { PaymentEnd, usePayment } from "@/components/payments/payment-end";
import { ActionForm } from "@/components/shared/action-form";
import { SubmitButton } from "@/components/shared/submit-button";
import type { StartedPayment } from "@/lib/payments/started-payment";
import type { ServerAction } from "@/lib/result";

type Refresh = ServerAction<{ status: string; failure: string | null }>;

/** Pays the invoice behind a secret address, with a new card. */
export function PayHostedForm({
  token,
  isDue,
  due,
  start,
  refresh,
}: {
  token: string;
  /** False once it is paid, also while this form says so. */
  isDue: boolean;
  due: string;
  start: ServerAction<StartedPayment>;
  refresh: Refresh;
}) {
  const { requestKey, payment, setPayment, end, setEnd, back } = usePayment();
  const look = useCallback<Refresh>(
    (previous, input) => refresh(previous, { ...(input as { paymentId: string }), token }),
    [refresh, token],
  );

  if (end)
    return <PaymentEnd end={end} thanks="Thank you." link={<a href={`/i/${token}`}>To the invoice</a>} />;
  if (payment) {
    return (
      <PayStep
        payment={payment}
        label={`Pay ${due}`}
        summary={null}
        refresh={look}
        onEnd={setEnd}
        onBack={back}
      />
    );
  }
  if (!isDue) return null;
  return (
    <ActionForm action={start} onSuccess={setPayment} className="grid max-w-lg gap-4">
      <input type="hidden" name="requestKey" value={requestKey} />
      <input type="hidden" name="token" value={token} />
      <p className="text-muted-foreground text-sm">
        With a card that is not saved. Its number goes to Stripe, never to us.
      </p>
      <div>
        <SubmitButton>Pay by card</SubmitButton>
      </div>
    </ActionForm>
  );
}
