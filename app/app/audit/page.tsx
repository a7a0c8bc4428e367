import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { CursorPager } from "@/components/shared/data-table";
import { TimeZoneNote } from "@/components/shared/date-time";
import { DayFilter } from "@/components/shared/day-filter";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { AUDIT_SUBJECTS, auditListInput } from "@/lib/audit/input";
import { listAudit } from "@/lib/audit/queries";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";
import { listMembers } from "@/lib/team/queries";
import { AuditTable } from "./_components/audit-table";

export const metadata: Metadata = { title: "Audit" };

const SUBJECT_OPTIONS = Object.entries(AUDIT_SUBJECTS).map(([value, label]) => ({ value, label }));
const RESULT_OPTIONS = [
  { value: "done", label: "Done" },
  { value: "denied", label: "Refused" },
];

export default async function AuditPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  if (denial(scope, "audit.read")) return <AdminsOnly title="Audit" />;
  const input = await readQuery(searchParams, auditListInput);
  const page = await listAudit(scope, input);
  const members = await listMembers(scope);
  const { cursor: _cursor, ...filter } = input;
  const exportHref = `/app/audit/export?${new URLSearchParams(filter)}`;
  return (
    <>
      <PageHeader
        title="Audit"
        description="Who changed what in this workspace, and what was refused. Rows are never changed or deleted."
        actions={
          <Button asChild variant="outline">
            <a href={exportHref} download>
              Export CSV
            </a>
          </Button>
        }
      />
      <Toolbar>
        <FilterSelect param="subject" label="Subject" allLabel="Every subject" options={SUBJECT_OPTIONS} />
        <FilterSelect
          param="actor"
          label="Person"
          allLabel="Everybody"
          options={members.map((member) => ({ value: member.id, label: member.fullName }))}
        />
        <FilterSelect param="result" label="Result" allLabel="Done and refused" options={RESULT_OPTIONS} />
        <DayFilter param="from" label="From" />
        <DayFilter param="to" label="to" />
      </Toolbar>
      {page.items.length === 0 ? (
        <NothingFits what="entry">
          Signing in, changing something and being refused all leave one.
        </NothingFits>
      ) : (
        <AuditTable rows={page.items} />
      )}
      <CursorPager nextCursor={page.nextCursor} note={<TimeZoneNote />} />
    </>
  );
}
