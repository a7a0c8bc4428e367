import { RowLink } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { SectionHeader } from "@/components/shared/page-header";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { PartnerDetail } from "@/lib/admin/queries/partners";

/** To whom a partner sells, and who comes back to it when it works again. */
export function PartnerCustomers({ partner }: { partner: PartnerDetail }) {
  return (
    <section>
      <SectionHeader
        title="Customers"
        description="A workspace is given to another partner, or made a direct customer, on its own page."
        actions={
          partner.customers > partner.held.length ? (
            <Button asChild variant="outline" size="sm">
              <Link href={`/admin/tenants?partnerId=${partner.id}`}>All of them</Link>
            </Button>
          ) : null
        }
      />
      {partner.held.length === 0 ? (
        <p className="text-muted-foreground text-sm">It sells to nobody.</p>
      ) : (
        <Table folds>
          <TableHeader>
            <TableRow>
              <TableHead>Workspace</TableHead>
              <TableHead>Buys from</TableHead>
              <TableHead>Since</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {partner.held.map((customer) => (
              <TableRow key={customer.tenantId}>
                <TableCell className="wrap-anywhere min-w-40">
                  <RowLink href={`/admin/tenants/${customer.tenantId}`}>{customer.name}</RowLink>
                </TableCell>
                <TableCell label="Buys from">
                  {customer.isAway ? <Badge tone="warning">the platform</Badge> : partner.name}
                </TableCell>
                <TableCell label="Since" className="whitespace-nowrap">
                  {customer.since ? <DateTime value={customer.since} utc /> : "the beginning"}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </section>
  );
}
