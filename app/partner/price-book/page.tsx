import { Tags } from "lucide-react";
import type { Metadata } from "next";
import { needsLook, PriceRow, WIDE } from "@/components/partner/price-row";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader } from "@/components/shared/page-header";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { requirePartner } from "@/lib/auth/scope";
import { partnerModelNames } from "@/lib/models/names";
import { getPriceBook } from "@/lib/rates/queries";
import { setPartnerRateAction, withdrawPartnerRateAction } from "./actions";

export const metadata: Metadata = { title: "Price book" };

export default async function PriceBookPage() {
  const scope = await requirePartner();
  const rows = await getPriceBook(scope);
  const models = await partnerModelNames(scope);
  const warned = rows.filter(needsLook).length;
  return (
    <>
      <PageHeader
        title="Price book"
        description="What the platform asks of you and what you ask of your customers. Where you set no price, they pay the base price and you earn nothing."
        actions={
          <Button asChild variant="outline">
            <Link href="/partner/price-book/drafts">Drafts</Link>
          </Button>
        }
      />
      {warned > 0 ? (
        <Alert tone="warning" className="mb-6" title="Some of your prices no longer earn anything">
          {warned === 1 ? "One price is" : `${warned} prices are`} at or below a base price in force or
          announced. Customers never pay less than the base price.
        </Alert>
      ) : null}
      {rows.length === 0 ? (
        <EmptyState icon={Tags} title="No base prices yet">
          As soon as the platform sets its prices, they appear here and you can set yours beside them.
        </EmptyState>
      ) : (
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>Resource</TableHead>
              <TableHead numeric className={WIDE}>
                Base price
              </TableHead>
              <TableHead numeric>Your price</TableHead>
              <TableHead numeric className={WIDE}>
                Customers pay
              </TableHead>
              <TableHead numeric className={WIDE}>
                Margin
              </TableHead>
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {rows.map((row) => (
              <PriceRow
                key={row.base.id}
                row={row}
                models={models}
                actions={
                  scope.isSuspended
                    ? null
                    : { setPrice: setPartnerRateAction, withdraw: withdrawPartnerRateAction }
                }
              />
            ))}
          </TableBody>
        </Table>
      )}
    </>
  );
}
