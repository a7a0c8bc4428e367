import { DateTime } from "@/components/shared/date-time";
import { KeyValueList } from "@/components/shared/key-value-list";
import { Money } from "@/components/shared/money";
import { Card, CardContent } from "@/components/ui/card";
import {
  Table,
  TableBody,
  TableCell,
  TableFooter,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { cn } from "@/lib/cn";
import { centsToMicros, microsFromNumeric } from "@/lib/money";
import { paidLabel, payoutMoment } from "@/lib/payouts/moment";
import { describeLine, type PayoutView } from "@/lib/payouts/read";

/** What a phone shows below the customer. */
const WIDE = "max-sm:hidden";

/** One payout: where it stands, and what it is made of by customer, to the micro-dollar. */
export function PayoutDocument({ payout }: { payout: PayoutView }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <Card>
        <CardContent>
          <KeyValueList
            items={[
              { label: "Where it stands", value: payoutMoment(payout) },
              { label: "Paid to", value: [payout.payee.name, ...payout.payee.address].join(", ") },
              ...(payout.approvedAt
                ? [{ label: "Issued", value: <DateTime value={payout.approvedAt} format="date" utc /> }]
                : []),
              ...(payout.sentAt
                ? [{ label: "Sent", value: <DateTime value={payout.sentAt} format="date" utc /> }]
                : []),
            ]}
          />
        </CardContent>
      </Card>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Customer</TableHead>
            <TableHead className={WIDE}>For</TableHead>
            <TableHead numeric className={WIDE}>
              Entries
            </TableHead>
            <TableHead numeric>Amount</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {payout.lines.map((line) => (
            <TableRow key={`${line.kind} ${line.tenantId} ${line.note}`}>
              <TableCell className="wrap-anywhere min-w-40">
                {line.tenantName ?? (line.tenantId ? "A former customer" : "–")}
                <span className="block text-muted-foreground text-xs sm:hidden">{describeLine(line)}</span>
              </TableCell>
              <TableCell className={cn("wrap-anywhere min-w-40", WIDE)}>{describeLine(line)}</TableCell>
              <TableCell numeric className={WIDE}>
                {line.entries}
              </TableCell>
              <TableCell numeric>
                <Money numeric={line.amount} exact />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
        <TableFooter>
          {totalsOf(payout).map(({ label, micros }) => (
            <TableRow key={label}>
              <TableCell>{label}</TableCell>
              <TableCell colSpan={2} className={WIDE} />
              <TableCell numeric>
                <Money micros={micros} exact />
              </TableCell>
            </TableRow>
          ))}
        </TableFooter>
      </Table>
    </div>
  );
}

function totalsOf(payout: PayoutView): { label: string; micros: bigint }[] {
  const rows = [
    { label: "Earned", micros: microsFromNumeric(payout.gross) },
    { label: "Carried from before", micros: microsFromNumeric(payout.carryIn) },
    { label: "Carried to the next", micros: -microsFromNumeric(payout.carryOut) },
    { label: "Came back", micros: -centsToMicros(payout.reversedCents) },
  ].filter(({ label, micros }) => label === "Earned" || micros !== 0n);
  const left = centsToMicros(payout.amountCents - payout.reversedCents);
  return [...rows, { label: paidLabel(payout), micros: left }];
}
