"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, useTransition } from "react";
import { PreviewText } from "@/components/plans/preview-text";
import { useAction } from "@/components/shared/action-button";
import { FormError } from "@/components/shared/form-error";
import { pagePerson } from "@/components/shared/page-person";
import { sayDone } from "@/components/shared/say-done";
import { sayRefusal } from "@/components/shared/say-refusal";
import { isSeen } from "@/components/shared/seen";
import { UNREACHABLE } from "@/components/shared/unreachable";
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
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import type { PublicError } from "@/lib/errors";
import type { BillingCycle } from "@/lib/plans/cycles";
import type { ServerAction } from "@/lib/result";
import type { ChangedPlan } from "@/lib/subscriptions/commands/change";
import type { Preview } from "@/lib/subscriptions/queries";

type Props = {
  planId: string;
  name: string;
  cycle: BillingCycle;
  preview: ServerAction<Preview>;
  change: ServerAction<ChangedPlan>;
};

const SUBMIT = {
  start: "Confirm plan",
  now: "Confirm change",
  later: "Confirm change",
  same: "Close",
} as const;
const DONE = {
  none: "The change is noted.",
  paid: "The plan is yours: it is paid.",
  processing: "The plan is yours: your bank is working on the payment.",
} as const;

/** Chooses a plan: shows what would be invoiced now, line by line, and asks. */
export function ConfirmPlan({ planId, name, cycle, preview, change }: Props) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [requestKey, setRequestKey] = useState("");
  const [shown, setShown] = useState<Preview | null>(null);
  const [refusal, setRefusal] = useState<PublicError | null>(null);
  const [isLoading, startTransition] = useTransition();
  const footer = useRef<HTMLDivElement>(null);
  const { run, pending } = useAction(change, { onSuccess: finish, onError: refuse });

  function refuse(error: PublicError) {
    // The dialog may have been closed meanwhile.
    if (isSeen(footer.current)) setRefusal(error);
    else sayRefusal(error);
  }

  function finish({ invoiceId, payment }: ChangedPlan) {
    const isLeft = !isSeen(footer.current);
    if (isLeft && (payment === "to_pay" || payment === "transfer"))
      return sayDone(
        "The plan was chosen all the same. It is to be paid.",
        `/app/billing/${invoiceId}`,
        router.push,
      );
    if (!isLeft) setOpen(false);
    // The pages that take cards are loaded whole: what they may load from elsewhere is theirs alone.
    if (payment === "to_pay") window.location.assign(`/app/billing/${invoiceId}/pay`);
    else if (payment === "transfer") router.push(`/app/billing/${invoiceId}`);
    else toast.success(DONE[payment]);
  }

  function look(isOpen: boolean) {
    setOpen(isOpen);
    if (!isOpen) return;
    setRequestKey(crypto.randomUUID());
    setShown(null);
    setRefusal(null);
    startTransition(async () => {
      try {
        const result = await preview(pagePerson(), { planId, cycle });
        if (result?.ok) setShown(result.data);
        else if (result) setRefusal(result.error);
      } catch {
        setRefusal(UNREACHABLE);
      }
    });
  }

  return (
    <Dialog open={open} onOpenChange={look}>
      <DialogTrigger asChild>
        <Button variant="outline" aria-label={`Choose ${name}, ${cycle}`}>
          Choose {name}
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>
            {name}, {cycle}
          </DialogTitle>
          <DialogDescription>What is invoiced now, and what comes later.</DialogDescription>
        </DialogHeader>
        {shown ? <PreviewText preview={shown} /> : null}
        {isLoading ? <Skeleton className="h-32" /> : null}
        {refusal ? <FormError error={refusal} /> : null}
        <DialogFooter ref={footer}>
          <Button variant="outline" onClick={() => setOpen(false)}>
            Keep what I have
          </Button>
          {shown && shown.kind !== "same" ? (
            <Button
              loading={pending}
              onClick={() => run({ planId, cycle, requestKey, shownCents: shown.totalCents })}
            >
              {SUBMIT[shown.kind]}
            </Button>
          ) : null}
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
