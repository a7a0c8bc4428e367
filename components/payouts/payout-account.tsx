"use client";

import { ExternalLink } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { ActionButton } from "@/components/shared/action-button";
import { pagePerson } from "@/components/shared/page-person";
import { StatusBadge } from "@/components/shared/status-badge";
import { useIsLeft } from "@/components/shared/use-is-left";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import type { PayoutAccount } from "@/lib/payouts/queries";
import type { ServerAction } from "@/lib/result";

type Props = {
  account: PayoutAccount;
  /** Whether the partner comes from Stripe's pages: then what they did there is looked up. */
  isBack: boolean;
  /** Null for who only reads. */
  actions: { start: ServerAction<{ url: string }>; refresh: ServerAction<{ isPayable: boolean }> } | null;
};

function sentenceOf({ isOffered, isStarted, hasDetails, isPayable, missing }: PayoutAccount): string {
  if (isPayable) return "Payouts go to your account with Stripe, and from there to your bank by themselves.";
  if (!isOffered) return "Payouts come by bank transfer, on the details you agreed on with the platform.";
  if (!isStarted)
    return "Tell Stripe who you are and which bank account is yours. Until then payouts wait for you, and nothing is lost.";
  if (hasDetails && missing === 0) return "Stripe checks what you told. Payouts wait until it is done.";
  return `Stripe wants to know ${missing === 1 ? "one more thing" : `${missing} more things`}. Payouts wait for you until then.`;
}

/** Where a partner is paid, and the way to Stripe's pages. */
export function PayoutAccountCard({ account, isBack, actions }: Props) {
  const router = useRouter();
  const isLeft = useIsLeft();
  const isLooking = useRef(false);
  useEffect(() => {
    if (!isBack || !actions || isLooking.current) return;
    isLooking.current = true;
    void actions
      .refresh(pagePerson(), {})
      .catch(() => null)
      .then(() => {
        if (!isLeft()) router.replace("/partner/payouts");
      });
  }, [isBack, actions, router, isLeft]);
  const isReady = account.isPayable;
  return (
    <Card>
      <CardHeader>
        <CardTitle className="flex flex-wrap items-center gap-2">
          Where you are paid
          {account.isOffered || isReady ? (
            <StatusBadge
              status={isReady ? "active" : account.isStarted ? "waiting" : "inactive"}
              label={isReady ? "Ready" : account.isStarted ? "Not ready" : "Not set up"}
            />
          ) : null}
        </CardTitle>
        <CardDescription>{sentenceOf(account)}</CardDescription>
      </CardHeader>
      {account.isOffered && actions ? (
        <CardContent className="flex flex-wrap gap-2">
          <ActionButton
            action={actions.start}
            input={{}}
            variant={isReady ? "outline" : "default"}
            onSuccess={({ url }: { url: string }) => {
              if (!isLeft()) window.location.assign(url);
            }}
          >
            <ExternalLink aria-hidden="true" />
            {isReady ? "Change at Stripe" : account.isStarted ? "Go on at Stripe" : "Set up payouts"}
          </ActionButton>
          {account.isStarted && !isReady ? (
            <ActionButton action={actions.refresh} input={{}} variant="ghost">
              Check again
            </ActionButton>
          ) : null}
        </CardContent>
      ) : null}
    </Card>
  );
}
