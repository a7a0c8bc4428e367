import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { Alert } from "@/components/ui/alert";
import type { CollectionView } from "@/lib/payments/collect/queries";
import type { ServerAction } from "@/lib/result";

type Collected = { id: string; invoiceNumber: string };

/** Has Stripe collect what is due on an invoice, by an invoice of its own. */
export function CollectThroughStripe({
  invoice,
  due,
  action,
}: {
  invoice: Collected;
  /** As it is shown. */
  due: string;
  action: ServerAction<unknown>;
}) {
  return (
    <FormDialog
      label="Collect through Stripe"
      title={`Collect ${invoice.invoiceNumber} through Stripe`}
      description={`Stripe mails an invoice of its own for the ${due} that are due, with this number and a page where it is paid: by card, bank debit or transfer, as is set up at Stripe. Nothing is charged here meanwhile.`}
      action={action}
      hidden={{ invoiceId: invoice.id }}
      submitLabel="Send it through Stripe"
      successMessage={`Stripe collects ${invoice.invoiceNumber}.`}
    >
      {null}
    </FormDialog>
  );
}

/** Takes an invoice back from Stripe. */
export function CollectHere({ invoice, action }: { invoice: Collected; action: ServerAction<unknown> }) {
  return (
    <FormDialog
      label="Collect here again"
      title={`Collect ${invoice.invoiceNumber} here again`}
      description="Stripe's invoice is made void and its page takes no money any more. What is due is paid here again: by card, or by a transfer that is noted. A bank debit that is on its way is waited for."
      action={action}
      hidden={{ invoiceId: invoice.id }}
      submitLabel="Collect it here"
      successMessage={`${invoice.invoiceNumber} is paid here again.`}
    >
      {null}
    </FormDialog>
  );
}

/** Says that Stripe collects an invoice, where, and what came of it so far. */
export function CollectionAlert({ collection }: { collection: CollectionView }) {
  const { stripeId, pageUrl, startedAt, failure } = collection;
  return (
    <Alert
      className="mb-6"
      tone={failure ? "warning" : "info"}
      title={
        <>
          Stripe has been collecting this invoice since <DateTime value={startedAt} format="date" utc />
        </>
      }
    >
      {failure ? <p>The last payment did not work: {failure}</p> : null}
      {pageUrl ? (
        <p className="wrap-anywhere">
          The customer pays on{" "}
          <a href={pageUrl} rel="noreferrer" className="underline underline-offset-4">
            its page at Stripe
          </a>
          , where it is {stripeId}.
        </p>
      ) : (
        <p>It is on its way to Stripe, and goes on by itself.</p>
      )}
    </Alert>
  );
}
