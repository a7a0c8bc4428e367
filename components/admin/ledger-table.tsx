import { CursorPager } from "@/components/shared/data-table";
import { DateTime, TimeZoneNote } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Badge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { LedgerRow } from "@/lib/billing/ledger-queries";
import { describeQuantity } from "@/lib/metering/display";
import { describeResource, type ModelNames } from "@/lib/metering/resources";
import type { Page } from "@/lib/paging";

/** The ledger as it is, with exact amounts. */
export function LedgerTable({ page, models }: { page: Page<LedgerRow>; models: ModelNames }) {
  return (
    <>
      <Table folds>
        <TableHeader>
          <TableRow>
            <TableHead>When (UTC)</TableHead>
            <TableHead>Tenant</TableHead>
            <TableHead>Resource</TableHead>
            <TableHead numeric>Quantity</TableHead>
            <TableHead numeric>Base price</TableHead>
            <TableHead numeric>Price</TableHead>
            <TableHead numeric>Platform</TableHead>
            <TableHead numeric>Commission</TableHead>
            <TableHead numeric>Tenant pays</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {page.items.map((row) => (
            <Entry key={row.id} row={row} models={models} />
          ))}
        </TableBody>
      </Table>
      <CursorPager nextCursor={page.nextCursor} note={<TimeZoneNote utc />} />
    </>
  );
}

function Entry({ row, models }: { row: LedgerRow; models: ModelNames }) {
  return (
    <TableRow>
      <TableCell>
        <Link href={`/admin/ledger/${row.id}`} className="rounded-sm hover:underline">
          <DateTime value={row.occurredAt} format="datetime" utc />
        </Link>
      </TableCell>
      <TableCell label="Tenant" className="min-w-32">
        <Link href={`/admin/tenants/${row.tenantId}`} className="rounded-sm hover:underline">
          {row.tenantName ?? row.tenantId}
        </Link>
      </TableCell>
      <TableCell label="Resource" className="min-w-40">
        {describeResource(row.resourceType, row.modelKey, models)}
        {row.entryType === "usage" ? null : (
          <Badge tone="warning" className="ml-2">
            {row.entryType}
          </Badge>
        )}
        {row.executionId ? (
          <Link
            href={`/admin/runs/${row.executionId}`}
            title={row.executionId}
            className="block w-fit rounded-sm text-muted-foreground text-xs hover:underline"
          >
            run <span className="font-mono">…{row.executionId.slice(-8)}</span>
          </Link>
        ) : null}
      </TableCell>
      <TableCell label="Quantity" numeric>
        {describeQuantity(row.quantity, row.unit)}
      </TableCell>
      <TableCell label="Base price" numeric>
        <Money numeric={row.systemRate} exact />
      </TableCell>
      <TableCell label="Price" numeric>
        <Money numeric={row.tenantRate} exact />
      </TableCell>
      <TableCell label="Platform" numeric>
        <Money numeric={row.platformCost} exact />
      </TableCell>
      <TableCell label="Commission" numeric>
        <Money numeric={row.partnerCommission} exact />
      </TableCell>
      <TableCell label="Tenant pays" numeric>
        <Money numeric={row.tenantCost} exact />
      </TableCell>
    </TableRow>
  );
}
