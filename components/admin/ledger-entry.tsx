import { DateTime } from "@/components/shared/date-time";
import { KeyValueList } from "@/components/shared/key-value-list";
import { Money } from "@/components/shared/money";
import { SectionHeader } from "@/components/shared/page-header";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { LedgerEntryView } from "@/lib/billing/ledger-queries";
import { describeQuantity } from "@/lib/metering/display";
import { microsToNumeric } from "@/lib/money";

const SOURCES: Readonly<Record<string, string>> = {
  plan: "The plan's allowance",
  promo: "Promotional credit",
  paid: "Bought credit",
  receivable: "Nothing yet: it is owed",
};

function facts(entry: LedgerEntryView) {
  return [
    { label: "Happened (UTC)", value: <DateTime value={entry.occurredAt} format="datetime" utc /> },
    { label: "Written (UTC)", value: <DateTime value={entry.createdAt} format="datetime" utc /> },
    { label: "Quantity", value: describeQuantity(entry.quantity, entry.unit) },
    { label: "Base price", value: <Money numeric={entry.systemRate} exact /> },
    { label: "Price", value: <Money numeric={entry.tenantRate} exact /> },
    { label: "Tenant pays", value: <Money numeric={entry.tenantCost} exact /> },
    { label: "Platform", value: <Money numeric={entry.platformCost} exact /> },
    {
      label: "Commission",
      value: (
        <>
          <Money numeric={entry.partnerCommission} exact />
          {entry.partnerName ? ` of ${entry.partnerName}` : null}
        </>
      ),
    },
    { label: "Still to be taken back", value: <Money numeric={microsToNumeric(entry.leftMicros)} exact /> },
    {
      label: "Run",
      value: entry.executionId ? (
        <Link href={`/admin/runs/${entry.executionId}`} className="underline underline-offset-2">
          Open the run
        </Link>
      ) : null,
    },
    {
      label: "Invoice",
      value: entry.invoice ? (
        entry.invoice.isDraft ? (
          "A draft"
        ) : (
          <Link href={`/admin/invoices/${entry.invoice.id}`} className="underline underline-offset-2">
            {entry.invoice.invoiceNumber}
          </Link>
        )
      ) : (
        "The next one"
      ),
    },
  ];
}

/** One entry of the ledger: its figures, what paid for it, and what was taken back of it. */
export function LedgerEntry({ entry }: { entry: LedgerEntryView }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
      <KeyValueList items={facts(entry)} />
      <section>
        <SectionHeader title="Paid with" description="The parts add up to the entry." />
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>From</TableHead>
              <TableHead numeric>Amount</TableHead>
              <TableHead numeric>Commission in it</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {entry.funding.map((part) => (
              <TableRow key={part.source}>
                <TableCell>{SOURCES[part.source] ?? part.source}</TableCell>
                <TableCell numeric>
                  <Money numeric={part.amount} exact />
                </TableCell>
                <TableCell numeric>
                  <Money numeric={part.commissionShare} exact />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </section>
      {entry.corrections.length > 0 ? <Corrections entry={entry} /> : null}
    </div>
  );
}

function Corrections({ entry }: { entry: LedgerEntryView }) {
  return (
    <section>
      <SectionHeader title="Taken back" description="Entries of their own, on the next invoice." />
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>When (UTC)</TableHead>
            <TableHead>Why</TableHead>
            <TableHead numeric>Tenant pays</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {entry.corrections.map((one) => (
            <TableRow key={one.id}>
              <TableCell>
                <Link href={`/admin/ledger/${one.id}`} className="rounded-sm hover:underline">
                  <DateTime value={one.createdAt} format="datetime" utc />
                </Link>
              </TableCell>
              <TableCell className="wrap-anywhere min-w-40">{one.note ?? one.entryType}</TableCell>
              <TableCell numeric>
                <Money numeric={one.tenantCost} exact />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}
