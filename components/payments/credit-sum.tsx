import { Money } from "@/components/shared/money";
import { centsToMicros } from "@/lib/money";
import type { OrderedCredit } from "@/lib/payments/started-payment";

/** What credit costs before it is paid: the credit, the tax on it by its name, and both together. */
export function CreditSum({ order, note }: { order: OrderedCredit; note?: string }) {
  const rows = [
    { label: "Credit", cents: order.creditCents },
    ...(order.taxNote === null ? [] : [{ label: order.taxNote, cents: order.taxCents }]),
  ];
  return (
    <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-6 gap-y-1.5 rounded-lg border bg-card p-4 text-sm">
      {rows.map(({ label, cents }) => (
        <div key={label} className="contents">
          <dt className="text-muted-foreground">{label}</dt>
          <dd className="text-right">
            <Money micros={centsToMicros(cents)} />
          </dd>
        </div>
      ))}
      <div className="col-span-2 flex justify-between gap-6 border-t pt-1.5 font-medium">
        <dt>To pay</dt>
        <dd>
          <Money micros={centsToMicros(order.totalCents)} />
        </dd>
      </div>
      {note ? <p className="col-span-2 pt-1 text-muted-foreground text-xs">{note}</p> : null}
    </dl>
  );
}
