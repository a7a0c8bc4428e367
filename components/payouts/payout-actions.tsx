import { PaymentFields } from "@/components/billing/payment-fields";
import { ActionButton } from "@/components/shared/action-button";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { Textarea } from "@/components/ui/textarea";
import { centsToMicros, formatMicros } from "@/lib/money";
import type { PayoutSummary } from "@/lib/payouts/read";
import { mayCancel, mayRecord } from "@/lib/payouts/rules";
import type { ServerAction } from "@/lib/result";

type Actions = Readonly<Record<"approve" | "cancel" | "record", ServerAction<unknown>>>;

/** What an admin can do about a payout. */
export function PayoutActions({ payout, actions }: { payout: PayoutSummary; actions: Actions }) {
  const amount = formatMicros(centsToMicros(payout.amountCents));
  const name = payout.number ?? "this draft";
  return (
    <>
      {mayCancel(payout.status) ? (
        <FormDialog
          label="Cancel payout"
          title={`Cancel ${name}`}
          description="Nothing is lost: what it is made of goes into a later payout. It keeps its number, if it has one."
          action={actions.cancel}
          hidden={{ payoutId: payout.id }}
          submitLabel="Cancel payout"
          destructive
          successMessage="The payout is cancelled."
        >
          <FormField name="reason" label="Reason" hint="The partner reads it." required>
            <Textarea rows={2} />
          </FormField>
        </FormDialog>
      ) : null}
      {mayRecord(payout.status) ? (
        <FormDialog
          label="Record payment"
          title={`Record the payment of ${name}`}
          description={`The whole ${amount}, paid to ${payout.partnerName} outside of Stripe. It cannot be taken back here.`}
          action={actions.record}
          hidden={{ payoutId: payout.id }}
          submitLabel="Record payment"
          successMessage={`${payout.number} is paid.`}
        >
          <PaymentFields />
        </FormDialog>
      ) : null}
      {payout.status === "draft" || payout.status === "failed" ? (
        <ActionButton
          action={actions.approve}
          input={{ payoutId: payout.id }}
          successMessage={payout.status === "draft" ? "The payout is approved." : "It is tried again."}
          confirm={{
            title:
              payout.status === "draft"
                ? `Pay ${amount} to ${payout.partnerName}?`
                : `Try to send ${name} again?`,
            description:
              "It gets its number. Through Stripe it is sent at once, or once the partner has an account there; without Stripe it waits until you record the bank transfer.",
            confirmLabel: payout.status === "draft" ? "Approve payout" : "Try again",
          }}
        >
          {payout.status === "draft" ? "Approve" : "Try again"}
        </ActionButton>
      ) : null}
    </>
  );
}
