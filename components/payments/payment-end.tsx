"use client";

import { type ReactNode, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { StartedPayment } from "@/lib/payments/started-payment";

export type End = "succeeded" | "processing";

/** A payment on its way from the choice of a card to its end; going back begins another one. */
export function usePayment() {
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  const [payment, setPayment] = useState<StartedPayment | null>(null);
  const [end, setEnd] = useState<End | null>(null);
  const back = () => {
    setPayment(null);
    setRequestKey(crypto.randomUUID());
  };
  return { requestKey, payment, setPayment, end, setEnd, back };
}

/** What became of the payment of an invoice. @param link leads back to the invoice */
export function PaymentEnd({ end, thanks, link }: { end: End; thanks: string; link: ReactNode }) {
  const isDone = end === "succeeded";
  return (
    <div className="grid max-w-lg gap-4">
      <Alert
        tone={isDone ? "success" : "info"}
        title={isDone ? "The invoice is paid." : "Your payment is under way."}
      >
        {isDone
          ? thanks
          : "Your bank has taken it; the invoice is marked as paid as soon as the money has arrived. You need not stay here."}
      </Alert>
      <div>
        <Button asChild>{link}</Button>
      </div>
    </div>
  );
}
