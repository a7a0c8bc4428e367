import { RowLink } from "@/components/shared/data-table";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { ApprovalItem } from "@/lib/approvals/queries";

/** A question's state in words: one that is open waits for somebody. */
export function ApprovalStatus({ status }: { status: string }) {
  return status === "pending" ? <StatusBadge status="waiting_approval" /> : <StatusBadge status={status} />;
}

/** Questions of runs, newest first. */
export function ApprovalTable({ approvals }: { approvals: readonly ApprovalItem[] }) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          {["Question", "State", "Asked", "Answered"].map((heading) => (
            <TableHead key={heading}>{heading}</TableHead>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {approvals.map((approval) => (
          <TableRow key={approval.id}>
            <TableCell className="min-w-56">
              <RowLink href={`/app/approvals/${approval.id}`} className="wrap-anywhere">
                {approval.title}
              </RowLink>
              <p className="text-muted-foreground text-xs">{approval.runName}</p>
            </TableCell>
            <TableCell label="State">
              <ApprovalStatus status={approval.status} />
              {approval.status === "pending" && approval.expiresAt ? (
                <p className="mt-1 whitespace-nowrap text-muted-foreground text-xs">
                  Ends <RelativeTime value={approval.expiresAt} isAhead />
                </p>
              ) : null}
            </TableCell>
            <TableCell label="Asked">
              <RelativeTime value={approval.createdAt} />
            </TableCell>
            <TableCell label="Answered">
              {approval.answeredAt ? (
                <>
                  <RelativeTime value={approval.answeredAt} />
                  <p className="text-muted-foreground text-xs">{approval.answeredByName}</p>
                </>
              ) : (
                "–"
              )}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
