import Link from "next/link";
import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { ReasonField } from "@/components/shared/text-fields";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { PartnerRow } from "@/lib/admin/queries/people";
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
    <Table>
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
              <Link
                href={`/admin/tenants?partnerId=${partner.id}`}
                className="rounded-sm font-medium hover:underline"
              >
                {partner.name}
              </Link>
            </TableCell>
            <TableCell>
              <StatusBadge status={partner.status} />
            </TableCell>
            <TableCell numeric>{partner.customers}</TableCell>
            <TableCell numeric>{partner.people}</TableCell>
            <TableCell numeric>
              <Money numeric={partner.monthRevenue} />
            </TableCell>
            <TableCell numeric>
              <Money numeric={partner.monthCommission} />
            </TableCell>
            <TableCell>
              <DateTime value={partner.createdAt} format="date" />
            </TableCell>
            <TableCell className="text-right">
              <StatusDialog partner={partner} setStatus={setStatus} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function StatusDialog({ partner, setStatus }: { partner: PartnerRow; setStatus: SetStatus }) {
  const isSuspended = partner.status === "suspended";
  const verb = isSuspended ? "Reactivate" : "Suspend";
  return (
    <FormDialog
      label={verb}
      triggerLabel={`${verb} ${partner.name}`}
      size="sm"
      title={`${verb} ${partner.name}?`}
      description={
        isSuspended
          ? "Its people can use the partner console again."
          : "Its people lose the partner console with their next request. Its customers go on working, at the same prices."
      }
      action={setStatus}
      hidden={{ partnerId: partner.id, status: isSuspended ? "active" : "suspended" }}
      submitLabel={verb}
      destructive={!isSuspended}
      successMessage={isSuspended ? `${partner.name} is active again.` : `${partner.name} is suspended.`}
    >
      <ReasonField />
    </FormDialog>
  );
}
