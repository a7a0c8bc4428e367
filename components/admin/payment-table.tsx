import { IssueCreditNote } from "@/components/admin/correct-invoice";
import { RecordRefund, RefundTopup } from "@/components/admin/refund-topup";
import { SettleRefund } from "@/components/admin/settle-refund";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/cn";
import { centsToMicros, microsFromNumeric } from "@/lib/money";
import { SHOWN_METHODS } from "@/lib/payments/admin-input";
import type { PaymentRow } from "@/lib/payments/admin-queries";
import { taxOnCredit } from "@/lib/payments/topup-tax";
import type { ServerAction } from "@/lib/result";

type Actions = {
  refund: ServerAction<unknown>;
  recordRefund: ServerAction<unknown>;
  settleRefund: ServerAction<unknown>;
  credit: ServerAction<unknown>;
};

const METHODS: Readonly<Record<string, string>> = SHOWN_METHODS;

const LINK = "rounded-sm font-medium underline-offset-2 hover:underline";

/** What a phone shows below the tenant. */
const WIDE = "max-sm:hidden";

/** What a payment is for, and a way to that. */
function Target({ payment }: { payment: PaymentRow }) {
  if (payment.invoiceId)
    return (
      <Link href={`/admin/invoices/${payment.invoiceId}`} className={cn("tabular whitespace-nowrap", LINK)}>
        {payment.invoiceNumber}
      </Link>
    );
  return <>{payment.topupKind === "auto" ? "Automatic top-up" : "Credit"}</>;
}

/** All that can be paid back of credit: what is left of it in whole cents, its tax on top. */
function mostBack(
  { amountCents, taxCents, refundedCents, refundedTaxCents }: PaymentRow,
  left: string,
): bigint {
  const leftCents = microsFromNumeric(left) / centsToMicros(1n);
  const earlier = [{ totalCents: refundedCents, taxCents: refundedTaxCents }];
  return leftCents + taxOnCredit({ totalCents: amountCents, taxCents }, earlier, leftCents);
}

function Refund({ payment, refund, recordRefund, settleRefund, credit }: { payment: PaymentRow } & Actions) {
  if (payment.status !== "succeeded") return null;
  if (payment.toSendId)
    return (
      <SettleRefund
        refundId={payment.toSendId}
        amount={centsToMicros(payment.toSendCents)}
        invoiceNumber={payment.invoiceNumber ?? "credit"}
        action={settleRefund}
      />
    );
  const { topupId, creditLeft, tenantName } = payment;
  if (topupId && creditLeft) {
    const bought = { topupId, tenantName, creditLeft };
    return payment.method === "card" ? (
      <RefundTopup {...bought} action={refund} />
    ) : (
      <RecordRefund {...bought} mostCents={mostBack(payment, creditLeft)} action={recordRefund} />
    );
  }
  if (payment.invoiceId && payment.invoiceNumber && payment.refundedCents < payment.amountCents)
    return (
      <IssueCreditNote
        label="Refund"
        size="sm"
        invoice={{ id: payment.invoiceId, invoiceNumber: payment.invoiceNumber }}
        isPaid
        bearsPlan={payment.bearsPlan}
        action={credit}
      />
    );
  return null;
}

function Standing({ payment: { status, failureMessage } }: { payment: PaymentRow }) {
  return (
    <>
      <StatusBadge status={status} />
      {failureMessage && status !== "succeeded" ? (
        <p className="mt-1 text-muted-foreground text-xs">{failureMessage}</p>
      ) : null}
    </>
  );
}

function Way({ payment: { method, attempt } }: { payment: PaymentRow }) {
  return (
    <>
      {METHODS[method] ?? method}
      {attempt > 1 ? <span className="text-muted-foreground">, try {attempt}</span> : null}
    </>
  );
}

/** A list of payments of all tenants. */
export function PaymentTable({ payments, ...actions }: { payments: readonly PaymentRow[] } & Actions) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Tenant</TableHead>
          <TableHead className={WIDE}>For</TableHead>
          <TableHead className={WIDE}>Status</TableHead>
          <TableHead className={WIDE}>How</TableHead>
          <TableHead numeric>Amount</TableHead>
          <TableHead className={WIDE}>Begun</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {payments.map((payment) => (
          <TableRow key={payment.id}>
            <TableCell className="wrap-anywhere sm:min-w-36">
              <Link href={`/admin/tenants/${payment.tenantId}`} className={LINK}>
                {payment.tenantName}
              </Link>
              <div className="mt-1.5 grid gap-1 sm:hidden">
                <div>
                  <Standing payment={payment} />
                </div>
                <p className="text-muted-foreground text-xs">
                  <Target payment={payment} />, <Way payment={payment} />
                  <br />
                  <DateTime value={payment.createdAt} />
                </p>
              </div>
            </TableCell>
            <TableCell className={WIDE}>
              <Target payment={payment} />
            </TableCell>
            <TableCell className={cn("min-w-40", WIDE)}>
              <Standing payment={payment} />
            </TableCell>
            <TableCell className={cn("whitespace-nowrap", WIDE)}>
              <Way payment={payment} />
            </TableCell>
            <TableCell numeric className="max-sm:align-top">
              <Money micros={centsToMicros(payment.amountCents)} />
              {payment.refundedCents > 0n ? (
                <p className="text-muted-foreground text-xs">
                  <Money micros={centsToMicros(payment.refundedCents)} /> refunded
                </p>
              ) : null}
              {payment.toSendId ? (
                <p className="text-muted-foreground text-xs">
                  <Money micros={centsToMicros(payment.toSendCents)} /> to be sent
                </p>
              ) : null}
            </TableCell>
            <TableCell className={WIDE}>
              <DateTime value={payment.createdAt} />
            </TableCell>
            <TableCell className="text-right max-sm:pl-0 max-sm:align-top max-sm:empty:p-0">
              <Refund payment={payment} {...actions} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
