"use client";

import { useState } from "react";
import { CreditAmount, creditPrice } from "@/components/payments/credit-amount";
import { CreditSum } from "@/components/payments/credit-sum";
import { ActionForm } from "@/components/shared/action-form";
import { SubmitButton } from "@/components/shared/submit-button";
import type { Tax } from "@/lib/billing/tax";
import type { ServerAction } from "@/lib/result";

/** Orders credit that is paid by bank transfer. */
export function TransferForm({ order, tax }: { order: ServerAction<unknown>; tax: Tax | null }) {
  const [amount, setAmount] = useState("50");
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  const price = creditPrice(amount, tax);
  return (
    <ActionForm
      action={order}
      successMessage="It is ordered: send the money with its reference."
      onSuccess={() => setRequestKey(crypto.randomUUID())}
      className="grid max-w-md gap-4"
    >
      <input type="hidden" name="requestKey" value={requestKey} />
      <CreditAmount amount={amount} onChange={setAmount} />
      {price ? <CreditSum order={price} /> : null}
      <div>
        <SubmitButton>Order by bank transfer</SubmitButton>
      </div>
    </ActionForm>
  );
}
