"use client";

import { useCallback, useState } from "react";
import { PayStep } from "@/components/payments/pay-step";
import { ActionForm } from "@/components/shared/action-form";
import { SubmitButton } from "@/components/shared/submit-button";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
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
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  const [payment, setPayment] = useState<StartedPayment | null>(null);
  const [end, setEnd] = useState<"succeeded" | "processing" | null>(null);
  const look = useCallback<Refresh>(
    (previous, input) => refresh(previous, { ...(input as { paymentId: string }), token }),
    [refresh, token],
  );

  function back() {
    setPayment(null);
    setRequestKey(crypto.randomUUID());
  }

  if (end) {
    const isDone = end === "succeeded";
    return (
      <div className="grid max-w-lg gap-4">
        <Alert
          tone={isDone ? "success" : "info"}
          title={isDone ? "The invoice is paid." : "Your payment is under way."}
        >
          {isDone
            ? "Thank you."
            : "Your bank has taken it; the invoice is marked as paid as soon as the money has arrived. You need not stay here."}
        </Alert>
        <div>
          <Button asChild>
            <a href={`/i/${token}`}>To the invoice</a>
          </Button>
        </div>
      </div>
    );
  }
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
