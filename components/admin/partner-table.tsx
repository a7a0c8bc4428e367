import { PartnerStatusDialog } from "@/components/admin/partner-status-dialog";
import { RowLink } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { PartnerRow } from "@/lib/admin/queries/partners";
import type { ServerAction } from "@/lib/result";

type SetStatus = ServerAction<{ partnerId: string }>;

export function PartnerTable({
  partners,
  setStatus,
}: {
  partners: readonly PartnerRow[];
  setStatus: SetStatus;
}) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>Partner</TableHead>
          <TableHead>Status</TableHead>
          <TableHead numeric>Customers</TableHead>
          <TableHead numeric>People</TableHead>
          <TableHead numeric>Revenue this month</TableHead>
          <TableHead numeric>Commission</TableHead>
          <TableHead>Since</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {partners.map((partner) => (
          <TableRow key={partner.id}>
            <TableCell className="min-w-36">
              <RowLink href={`/admin/partners/${partner.id}`}>{partner.name}</RowLink>
            </TableCell>
            <TableCell label="Status">
              <StatusBadge status={partner.status} />
            </TableCell>
            <TableCell label="Customers" numeric>
              {partner.customers}
              {partner.away > 0 ? (
                <span className="block text-muted-foreground text-xs">{partner.away} direct meanwhile</span>
              ) : null}
            </TableCell>
            <TableCell label="People" numeric>
              {partner.people}
            </TableCell>
            <TableCell label="Revenue this month" numeric>
              <Money numeric={partner.monthRevenue} />
            </TableCell>
            <TableCell label="Commission" numeric>
              <Money numeric={partner.monthCommission} />
            </TableCell>
            <TableCell label="Since">
              <DateTime value={partner.createdAt} format="date" />
            </TableCell>
            <TableCell className="text-right">
              <PartnerStatusDialog partner={partner} setStatus={setStatus} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
