import { PaymentFields } from "@/components/billing/payment-fields";
import { ActionButton } from "@/components/shared/action-button";
import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { Money } from "@/components/shared/money";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { centsToMicros, formatMicros } from "@/lib/money";
import type { CreditOrder } from "@/lib/payments/transfer-queries";
import type { ServerAction } from "@/lib/result";

type Awaited = CreditOrder & { tenantId: string; tenantName: string };
type Actions = { record: ServerAction<unknown>; cancel: ServerAction<void> };

function RowActions({ order, record, cancel }: { order: Awaited } & Actions) {
  const total = formatMicros(centsToMicros(order.totalCents));
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <FormDialog
        label="Record payment"
        triggerLabel={`Record payment of ${order.reference}`}
        size="sm"
        title={`Record the payment of ${order.reference}`}
        description={`The whole ${total} of ${order.tenantName}. The credit is given at once, and invoiced; what is not spent of it can be paid back later.`}
        action={record}
        hidden={{ topupId: order.topupId }}
        submitLabel="Record payment"
        successMessage="The credit is given."
      >
        <PaymentFields />
      </FormDialog>
      <ActionButton
        action={cancel}
        input={{ topupId: order.topupId }}
        variant="ghost"
        size="sm"
        aria-label={`Withdraw ${order.reference}`}
        confirm={{
          title: `Withdraw ${order.reference}`,
          description: `${order.tenantName} ordered this credit and did not pay it. It can order again.`,
          confirmLabel: "Withdraw order",
          destructive: true,
        }}
        successMessage="The order is withdrawn."
      >
        Withdraw
      </ActionButton>
    </div>
  );
}

/** Credit that tenants ordered by bank transfer, each with a way to note that its money has come. */
export function AwaitedTransfers({ orders, ...actions }: { orders: readonly Awaited[] } & Actions) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Reference</TableHead>
          <TableHead>Tenant</TableHead>
          <TableHead>Ordered</TableHead>
          <TableHead numeric>Credit</TableHead>
          <TableHead numeric>To come</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {orders.map((order) => (
          <TableRow key={order.topupId}>
            <TableCell className="tabular whitespace-nowrap font-medium">{order.reference}</TableCell>
            <TableCell className="wrap-anywhere min-w-36">
              <Link
                href={`/admin/tenants/${order.tenantId}`}
                className="rounded-sm font-medium underline-offset-2 hover:underline"
              >
                {order.tenantName}
              </Link>
            </TableCell>
            <TableCell>
              <DateTime value={order.orderedAt} format="date" utc />
            </TableCell>
            <TableCell numeric>
              <Money numeric={order.amount} />
            </TableCell>
            <TableCell numeric>
              <Money micros={centsToMicros(order.totalCents)} />
              {order.taxNote ? <p className="text-muted-foreground text-xs">{order.taxNote}</p> : null}
            </TableCell>
            <TableCell className="text-right">
              <RowActions order={order} {...actions} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
