import type { Metadata } from "next";
import { DateTime } from "@/components/shared/date-time";
import { PageHeader } from "@/components/shared/page-header";
import { StatusBadge } from "@/components/shared/status-badge";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { requirePlatform } from "@/lib/auth/scope";
import type { LedgerFinding } from "@/lib/billing/checks";
import { checkLedger } from "@/lib/billing/run-checks";

export const metadata: Metadata = { title: "Ledger check" };

export default async function LedgerCheckPage() {
  const scope = await requirePlatform();
  const findings = await checkLedger(scope);
  const broken = findings.filter((finding) => finding.count > 0);
  return (
    <>
      <PageHeader
        title="Ledger check"
        description="Rules that the books must always obey, asked of every row just now."
        actions={
          <Button asChild variant="outline">
            <a href="/admin/ledger-check">Run again</a>
          </Button>
        }
      />
      {broken.length === 0 ? (
        <Alert tone="success" className="mb-6" title={`All ${findings.length} checks hold`}>
          Run at <DateTime value={new Date()} format="time" />.
        </Alert>
      ) : (
        <Alert
          tone="danger"
          className="mb-6"
          title={`${broken.length} of ${findings.length} checks found something`}
        >
          Close no period before it is understood. A wrong entry is never changed: it is reversed and written
          anew.
        </Alert>
      )}
      <Table folds>
        <TableHeader>
          <TableRow>
            <TableHead>Check</TableHead>
            <TableHead>Rule</TableHead>
            <TableHead>Result</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {findings.map((finding) => (
            <TableRow key={finding.id} className="align-top">
              <TableCell className="font-mono text-xs">{finding.id}</TableCell>
              <TableCell label="Rule" className="min-w-56">
                {finding.title}
                <Subjects finding={finding} />
              </TableCell>
              <TableCell label="Result">
                <StatusBadge
                  status={finding.count === 0 ? "ok" : "failed"}
                  label={finding.count === 0 ? "Holds" : `${finding.count} found`}
                />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </>
  );
}

function Subjects({ finding }: { finding: LedgerFinding }) {
  if (finding.count === 0) return null;
  return (
    <ul className="wrap-anywhere mt-2 grid list-disc gap-0.5 pl-4 text-[0.8125rem] text-danger">
      {finding.subjects.map((subject) => (
        <li key={subject}>{subject}</li>
      ))}
      {finding.count > finding.subjects.length ? (
        <li>and {finding.count - finding.subjects.length} more</li>
      ) : null}
    </ul>
  );
}
