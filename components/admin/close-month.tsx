"use client";

import { useState } from "react";
import { MonthOptions } from "@/components/billing/month-fields";
import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import { NativeSelect } from "@/components/ui/native-select";
import { toast } from "@/components/ui/toast";
import type { ServerAction } from "@/lib/result";

type Closed = { invoiced: number; alreadyInvoiced: number };

function outcomeOf({ invoiced, alreadyInvoiced }: Closed): string {
  const made = `${invoiced} ${invoiced === 1 ? "invoice was" : "invoices were"} made.`;
  if (invoiced > 0) return made;
  return alreadyInvoiced > 0 ? "This month is already invoiced." : "There was nothing to bill.";
}

/** Makes the invoices of a month that is over, for everybody or for one tenant. */
export function CloseMonth({
  months,
  tenants,
  close,
}: {
  months: readonly string[];
  tenants: readonly { id: string; name: string }[];
  close: ServerAction<Closed>;
}) {
  const [open, setOpen] = useState(false);

  function finish(closed: Closed, isLeft: boolean) {
    if (!isLeft) setOpen(false);
    toast.success(outcomeOf(closed));
  }

  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button>Close a month</Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Close a month</DialogTitle>
          <DialogDescription>
            Each tenant with usage that is not billed yet gets one invoice. Doing it twice makes no second
            one.
          </DialogDescription>
        </DialogHeader>
        <ActionForm guarded action={close} onSuccess={finish}>
          <FormField name="month" label="Month (UTC)" required>
            <NativeSelect>
              <MonthOptions months={months} />
            </NativeSelect>
          </FormField>
          <FormField name="tenantId" label="Tenant" required>
            <NativeSelect>
              <option value="">Everybody with usage</option>
              {tenants.map((tenant) => (
                <option key={tenant.id} value={tenant.id}>
                  {tenant.name}
                </option>
              ))}
            </NativeSelect>
          </FormField>
          <DialogFooter>
            <SubmitButton pendingLabel="Making invoices">Close the month</SubmitButton>
          </DialogFooter>
        </ActionForm>
      </DialogContent>
    </Dialog>
  );
}
