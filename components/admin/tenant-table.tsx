import { CursorPager, RowLink } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { TenantStatus } from "@/components/shared/tenant-status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { TenantRow } from "@/lib/admin/queries/tenants";
import type { Page } from "@/lib/paging";

export function TenantTable({ page }: { page: Page<TenantRow> }) {
  return (
    <>
      <Table folds>
        <TableHeader>
          <TableRow>
            <TableHead>Tenant</TableHead>
            <TableHead>Status</TableHead>
            <TableHead>Partner</TableHead>
            <TableHead numeric>People</TableHead>
            <TableHead numeric>This month</TableHead>
            <TableHead>Since</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {page.items.map((tenant) => (
            <TableRow key={tenant.id}>
              <TableCell className="wrap-anywhere min-w-40">
                <RowLink href={`/admin/tenants/${tenant.id}`}>{tenant.name}</RowLink>
              </TableCell>
              <TableCell label="Status">
                <TenantStatus status={tenant.status} dunningStage={tenant.dunningStage} />
              </TableCell>
              <TableCell label="Partner" className="whitespace-nowrap">
                {tenant.partnerName ?? <span className="text-muted-foreground">direct</span>}
              </TableCell>
              <TableCell label="People" numeric>
                {tenant.people}
              </TableCell>
              <TableCell label="This month" numeric>
                <Money numeric={tenant.monthCost} />
              </TableCell>
              <TableCell label="Since">
                <DateTime value={tenant.createdAt} format="date" />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <CursorPager nextCursor={page.nextCursor} />
    </>
  );
}
