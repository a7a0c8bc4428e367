import { ActionButton } from "@/components/shared/action-button";
import { CopyButton } from "@/components/shared/copy-button";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { centsToMicros } from "@/lib/money";
import type { CreditOrder } from "@/lib/payments/transfer-queries";
import type { ServerAction } from "@/lib/result";

/** Credit that was ordered and is not paid: what is to be sent, and what the transfer says. */
export function CreditOrders({
  orders,
  cancel,
}: {
  orders: readonly CreditOrder[];
  cancel: ServerAction<void>;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Reference</TableHead>
          <TableHead>Ordered</TableHead>
          <TableHead numeric>Credit</TableHead>
          <TableHead numeric>To send</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {orders.map((order) => (
          <TableRow key={order.topupId}>
            <TableCell>
              <span className="flex items-center gap-1 whitespace-nowrap font-medium">
                <span className="tabular">{order.reference}</span>
                <CopyButton value={order.reference} label={`Copy ${order.reference}`} />
              </span>
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
              <ActionButton
                action={cancel}
                input={{ topupId: order.topupId }}
                variant="outline"
                size="sm"
                confirm={{
                  title: `Withdraw ${order.reference}`,
                  description: "Do this only when no money was sent.",
                  confirmLabel: "Withdraw order",
                  destructive: true,
                }}
                aria-label={`Withdraw ${order.reference}`}
                successMessage="The order is withdrawn."
              >
                Withdraw
              </ActionButton>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
