import { ExternalLink } from "lucide-react";
import Link from "next/link";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { RelativeTime } from "@/components/shared/relative-time";
import { lookOf } from "@/components/shared/status";
import { StatusBadge } from "@/components/shared/status-badge";
import { Button } from "@/components/ui/button";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/cn";
import { centsToMicros } from "@/lib/money";
import type { DisputeRow } from "@/lib/payments/admin-dispute-queries";
import { disputeUrl, waitsForUs } from "@/lib/payments/dispute-stage";

const LINK = "rounded-sm font-medium underline-offset-2 hover:underline";

const linkTextOf = ({ stage }: DisputeRow) => (waitsForUs(stage) ? "Answer at Stripe" : "At Stripe");

/** By when it is to be answered; of what waits for the bank or is over there is nothing to say. */
function Deadline({ dispute, now }: { dispute: DisputeRow; now: Date }) {
  const { stage, evidenceDueAt, seenAt } = dispute;
  if (!waitsForUs(stage)) return <span className="text-muted-foreground">–</span>;
  if (!evidenceDueAt)
    return (
      <span className="block min-w-28 text-muted-foreground">
        {seenAt ? "The bank takes no answer" : "Stripe’s page says it"}
      </span>
    );
  const isPast = evidenceDueAt <= now;
  return (
    <div className={cn("whitespace-nowrap", isPast && "text-danger")}>
      <DateTime value={evidenceDueAt} className="tabular font-medium" />
      <p className={cn("text-xs", !isPast && "text-muted-foreground")}>
        {isPast ? "It has passed" : <RelativeTime value={evidenceDueAt} />}
      </p>
    </div>
  );
}

/** Payments that payers' banks have asked back, each with a way to its page at Stripe. */
export function DisputeTable({ disputes, now }: { disputes: readonly DisputeRow[]; now: Date }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Tenant</TableHead>
          <TableHead>Status, reason</TableHead>
          <TableHead>Answer by</TableHead>
          <TableHead numeric>Amount</TableHead>
          <TableHead>For</TableHead>
          <TableHead>Opened</TableHead>
          <TableHead>
            <span className="sr-only">At Stripe</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {disputes.map((dispute) => (
          <TableRow key={dispute.id}>
            <TableCell className="wrap-anywhere min-w-36">
              <Link href={`/admin/tenants/${dispute.tenantId}`} className={LINK}>
                {dispute.tenantName}
              </Link>
            </TableCell>
            <TableCell>
              <StatusBadge status={dispute.stage} />
              {dispute.reason ? (
                <p className="mt-1 text-muted-foreground text-xs">{lookOf(dispute.reason).label}</p>
              ) : null}
            </TableCell>
            <TableCell>
              <Deadline dispute={dispute} now={now} />
            </TableCell>
            <TableCell numeric>
              <Money micros={centsToMicros(dispute.amountCents)} />
            </TableCell>
            <TableCell>
              {dispute.invoiceId ? (
                <Link
                  href={`/admin/invoices/${dispute.invoiceId}`}
                  className={cn("tabular whitespace-nowrap", LINK)}
                >
                  {dispute.invoiceNumber}
                </Link>
              ) : (
                "Credit"
              )}
            </TableCell>
            <TableCell>
              <DateTime value={dispute.openedAt} format="date" />
            </TableCell>
            <TableCell className="text-right">
              <Button asChild variant="outline" size="sm">
                <a
                  href={disputeUrl(dispute)}
                  target="_blank"
                  rel="noopener noreferrer"
                  aria-label={`${linkTextOf(dispute)}: dispute of ${dispute.tenantName}`}
                >
                  {linkTextOf(dispute)}
                  <ExternalLink aria-hidden="true" />
                </a>
              </Button>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
