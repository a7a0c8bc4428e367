import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { TransactionView } from "@/lib/wallet/transactions";

const KINDS: Readonly<Record<string, string>> = {
  opening: "Opening balance",
  usage: "Usage",
  reversal: "Usage taken back",
  grant: "Credit given",
  topup: "Credit bought",
  expiry: "Credit expired",
  refund: "Refund",
  invoice_payment: "Invoice paid",
  dispute: "Dispute",
  dispute_won: "Dispute over",
  adjustment: "Correction",
};

const SOURCES: Readonly<Record<string, string>> = {
  plan: "allowance of the plan",
  promo: "promotional credit",
  paid: "bought credit",
  receivable: "owed",
};

export type TransactionLinks = { run?: string; invoice?: string };

function Kind({ row, links }: { row: TransactionView; links: TransactionLinks }) {
  const name = KINDS[row.kind] ?? row.kind;
  const href =
    row.executionId && links.run
      ? `${links.run}/${row.executionId}`
      : row.invoiceId && links.invoice
        ? `${links.invoice}/${row.invoiceId}`
        : null;
  return (
    <>
      {href ? (
        <Link href={href} className="rounded-sm font-medium hover:underline">
          {name}
        </Link>
      ) : (
        <span className="font-medium">{name}</span>
      )}
      <span className="block text-[0.8125rem] text-muted-foreground">
        {SOURCES[row.source] ?? row.source}
        {row.reason ? `: ${row.reason}` : null}
      </span>
    </>
  );
}

/** What a phone shows in the first column, or below the amount. */
const WIDE = "max-sm:hidden";

/** A figure and what it is, where the heading of its column is not shown. */
function Left({ label, micros }: { label: string; micros: bigint }) {
  return (
    <span className="mt-1 block text-muted-foreground text-xs leading-6 sm:hidden">
      {label} <Money micros={micros} />
    </span>
  );
}

/** What changed a wallet. `links` are the pages of a run and of an invoice, without their ids. */
export function TransactionTable({
  rows,
  links,
}: {
  rows: readonly TransactionView[];
  links: TransactionLinks;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>What</TableHead>
          <TableHead numeric>Amount</TableHead>
          <TableHead numeric className={WIDE}>
            Balance
          </TableHead>
          <TableHead numeric className={WIDE}>
            Allowance
          </TableHead>
          <TableHead className={WIDE}>When</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id}>
            <TableCell className="wrap-anywhere min-w-36">
              <Kind row={row} links={links} />
              <span className="block text-muted-foreground text-xs sm:hidden">
                <DateTime value={row.at} />
              </span>
            </TableCell>
            <TableCell numeric className="max-sm:align-top">
              <Money micros={row.amount} />
              <Left label="Balance" micros={row.balanceAfter} />
              <Left label="Allowance" micros={row.allowanceAfter} />
            </TableCell>
            <TableCell numeric className={WIDE}>
              <Money micros={row.balanceAfter} />
            </TableCell>
            <TableCell numeric className={WIDE}>
              <Money micros={row.allowanceAfter} />
            </TableCell>
            <TableCell className={WIDE}>
              <DateTime value={row.at} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
