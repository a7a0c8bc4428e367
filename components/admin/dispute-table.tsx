import { ExternalLink } from "lucide-react";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { RelativeTime } from "@/components/shared/relative-time";
import { lookOf } from "@/components/shared/status";
import { StatusBadge } from "@/components/shared/status-badge";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/cn";
import { centsToMicros } from "@/lib/money";
import type { DisputeRow } from "@/lib/payments/admin-dispute-queries";
import { disputeUrl, waitsForUs } from "@/lib/payments/dispute-stage";

const LINK = "rounded-sm font-medium underline-offset-2 hover:underline";

/** What a phone shows below the tenant. */
const WIDE = "max-sm:hidden";

/** Stripe's word where the payer has said nothing in particular. */
const reasonOf = (reason: string) => (reason === "general" ? "No particular reason" : lookOf(reason).label);

const linkTextOf = ({ stage }: DisputeRow) => (waitsForUs(stage) ? "Answer at Stripe" : "At Stripe");

/** By when it is to be answered; of what waits for the bank or is over there is nothing to say. */
function Deadline({ dispute, now }: { dispute: DisputeRow; now: Date }) {
  const { stage, evidenceDueAt, seenAt } = dispute;
  if (!waitsForUs(stage)) return <span className="text-muted-foreground max-sm:hidden">–</span>;
  if (!evidenceDueAt)
    return (
      <span className="block text-muted-foreground max-sm:text-xs sm:min-w-28">
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

function Standing({ dispute: { stage, reason } }: { dispute: DisputeRow }) {
  return (
    <>
      <StatusBadge status={stage} />
      {reason ? <p className="mt-1 text-muted-foreground text-xs">{reasonOf(reason)}</p> : null}
    </>
  );
}

/** What was paid, and a way to it. */
function Target({ dispute: { invoiceId, invoiceNumber } }: { dispute: DisputeRow }) {
  if (!invoiceId) return "Credit";
  return (
    <Link href={`/admin/invoices/${invoiceId}`} className={cn("tabular whitespace-nowrap", LINK)}>
      {invoiceNumber}
    </Link>
  );
}

/** Payments that payers' banks have asked back, each with a way to its page at Stripe. */
export function DisputeTable({
  disputes,
  now,
  areOver = false,
}: {
  disputes: readonly DisputeRow[];
  now: Date;
  /** None of them is to be answered any more. */
  areOver?: boolean;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Tenant</TableHead>
          <TableHead className={WIDE}>Status, reason</TableHead>
          {areOver ? null : <TableHead className={WIDE}>Answer by</TableHead>}
          <TableHead numeric>Amount</TableHead>
          <TableHead className={WIDE}>For</TableHead>
          <TableHead className={WIDE}>Opened</TableHead>
          <TableHead>
            <span className="sr-only">At Stripe</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {disputes.map((dispute) => (
          <TableRow key={dispute.id}>
            <TableCell className="wrap-anywhere sm:min-w-36">
              <Link href={`/admin/tenants/${dispute.tenantId}`} className={LINK}>
                {dispute.tenantName}
              </Link>
              <div className="mt-1.5 grid gap-1 sm:hidden">
                <div>
                  <Standing dispute={dispute} />
                </div>
                <Deadline dispute={dispute} now={now} />
                <p className="text-muted-foreground text-xs">
                  <Target dispute={dispute} />, opened <DateTime value={dispute.openedAt} format="date" />
                </p>
              </div>
            </TableCell>
            <TableCell className={WIDE}>
              <Standing dispute={dispute} />
            </TableCell>
            {areOver ? null : (
              <TableCell className={WIDE}>
                <Deadline dispute={dispute} now={now} />
              </TableCell>
            )}
            <TableCell numeric className="max-sm:align-top">
              <Money micros={centsToMicros(dispute.amountCents)} />
            </TableCell>
            <TableCell className={WIDE}>
              <Target dispute={dispute} />
            </TableCell>
            <TableCell className={WIDE}>
              <DateTime value={dispute.openedAt} format="date" />
            </TableCell>
            <TableCell className="text-right max-sm:pl-0 max-sm:align-top">
              <Button asChild variant="outline" size="sm">
                <a
                  href={disputeUrl(dispute)}
                  target="_blank"
                  rel="noopener noreferrer"
                  aria-label={`${linkTextOf(dispute)}: dispute of ${dispute.tenantName}`}
                >
                  <span className="max-sm:sr-only">{linkTextOf(dispute)}</span>
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
