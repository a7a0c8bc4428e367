import type { Metadata } from "next";
import { cache } from "react";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { PageHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Link } from "@/components/ui/link";
import {
  Table,
  TableBody,
  TableCell,
  TableFooter,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { type LineRun, listLineRuns } from "@/lib/billing/queries";
import { describePer, describeQuantity } from "@/lib/metering/display";
import { centsToMicros } from "@/lib/money";

type Params = Promise<{ invoiceId: string; lineId: string }>;

const lineOf = cache(async (invoiceId: string, lineId: string) =>
  orNotFound(listLineRuns(await requireTenant(), invoiceId, lineId)),
);

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  if (denial(await requireTenant(), "billing.read")) return { title: "Invoice line" };
  const { invoiceId, lineId } = await params;
  return { title: (await lineOf(invoiceId, lineId)).line.description };
}

export default async function InvoiceLinePage({ params }: { params: Params }) {
  const scope = await requireTenant();
  if (denial(scope, "billing.read")) return <AdminsOnly title="Invoice line" />;
  const { invoiceId, lineId } = await params;
  const { invoice, line, runs, total } = await lineOf(invoiceId, lineId);
  return (
    <>
      <PageHeader
        title={line.description}
        description="What this line is made of, dearest first. The costs below add up to the exact amount; the invoice charges it rounded to the cent."
        breadcrumb={[
          { label: "Billing", href: "/app/billing" },
          { label: invoice.invoiceNumber, href: `/app/billing/${invoiceId}` },
          { label: `Line ${line.position}` },
        ]}
      />
      <StatGrid className="mb-6">
        <StatTile label="Quantity" value={describeQuantity(line.quantity, line.unit)} note="as metered" />
        <StatTile label="Price" value={<Money numeric={line.rate} exact />} note={describePer(line.unit)} />
        <StatTile
          label="Exact amount"
          value={<Money numeric={line.amount} exact />}
          note="as the ledger has it"
        />
        <StatTile
          label="Charged"
          value={<Money micros={centsToMicros(line.amountCents)} />}
          note="rounded once"
        />
      </StatGrid>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Source</TableHead>
            <TableHead>When</TableHead>
            <TableHead numeric>Entries</TableHead>
            <TableHead numeric>Quantity</TableHead>
            <TableHead numeric>Cost</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {runs.map((run) => (
            <TableRow key={run.executionId ?? run.documentId ?? "other"}>
              <TableCell>
                <Source run={run} />
              </TableCell>
              <TableCell>
                <DateTime value={run.occurredAt} />
              </TableCell>
              <TableCell numeric>{run.entries}</TableCell>
              <TableCell numeric>{describeQuantity(run.quantity, line.unit)}</TableCell>
              <TableCell numeric>
                <Money numeric={run.cost} exact />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
        <TableFooter>
          <TableRow>
            <TableCell colSpan={4}>
              {total > runs.length ? `The ${runs.length} dearest of ${total}` : "Exact amount"}
            </TableCell>
            <TableCell numeric>
              {total > runs.length ? null : <Money numeric={line.amount} exact />}
            </TableCell>
          </TableRow>
        </TableFooter>
      </Table>
    </>
  );
}

function Source({ run }: { run: LineRun }) {
  const classes = "rounded-sm font-medium after:absolute after:inset-0 hover:underline";
  if (run.executionId) {
    return (
      <Link href={`/app/runs/${run.executionId}`} className={classes}>
        {run.name ?? "Run"}
      </Link>
    );
  }
  if (run.documentId) {
    return (
      <Link href={`/app/knowledge/${run.documentId}`} className={classes}>
        {run.name ?? "Document"}
      </Link>
    );
  }
  return <span className="text-muted-foreground">Knowledge search</span>;
}
