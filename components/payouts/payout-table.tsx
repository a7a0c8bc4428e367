import { CursorPager, RowLink } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/cn";
import { centsToMicros } from "@/lib/money";
import type { Page } from "@/lib/paging";
import { payoutMoment } from "@/lib/payouts/moment";
import type { PayoutSummary } from "@/lib/payouts/read";

/** What a phone shows below the number. */
const WIDE = "max-sm:hidden";

/** How a payout's state is shown: one that is approved and waits for something is held. */
export function PayoutBadge({ payout }: { payout: Pick<PayoutSummary, "status" | "heldReason"> }) {
  return payout.status === "approved" && payout.heldReason ? (
    <StatusBadge status="waiting" label="Held" />
  ) : (
    <StatusBadge status={payout.status} />
  );
}

/** A list of payouts. `hrefBase` is the page of one, without its id; `withPartner` adds who is paid. */
export function PayoutTable({
  page,
  hrefBase,
  withPartner = false,
}: {
  page: Page<PayoutSummary>;
  hrefBase: string;
  withPartner?: boolean;
}) {
  return (
    <>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Payout</TableHead>
            {withPartner ? <TableHead className={WIDE}>Partner</TableHead> : null}
            <TableHead className={WIDE}>Until the end of</TableHead>
            <TableHead>Status</TableHead>
            <TableHead className={WIDE}>Where it stands</TableHead>
            <TableHead numeric>Amount</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {page.items.map((payout) => (
            <TableRow key={payout.id}>
              <TableCell>
                <RowLink href={`${hrefBase}/${payout.id}`} className="tabular whitespace-nowrap">
                  {payout.number ?? "Draft"}
                </RowLink>
                <span className="wrap-anywhere block text-muted-foreground text-xs sm:hidden">
                  {withPartner ? `${payout.partnerName}, ` : null}
                  until <DateTime value={new Date(payout.periodEnd.getTime() - 1)} format="date" utc />.{" "}
                  {payoutMoment(payout)}
                </span>
              </TableCell>
              {withPartner ? (
                <TableCell className={cn("max-w-56 truncate", WIDE)}>{payout.partnerName}</TableCell>
              ) : null}
              <TableCell className={cn("whitespace-nowrap", WIDE)}>
                <DateTime value={new Date(payout.periodEnd.getTime() - 1)} format="date" utc />
              </TableCell>
              <TableCell>
                <PayoutBadge payout={payout} />
              </TableCell>
              <TableCell className={cn("min-w-52 text-muted-foreground", WIDE)}>
                {payoutMoment(payout)}
              </TableCell>
              <TableCell numeric>
                <Money micros={centsToMicros(payout.amountCents)} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <CursorPager nextCursor={page.nextCursor} />
    </>
  );
}
