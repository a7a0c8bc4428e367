import { NotebookPen } from "lucide-react";
import { CursorPager, RowLink } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { EmptyState } from "@/components/shared/empty-state";
import { FormDialog } from "@/components/shared/form-dialog";
import { FormField } from "@/components/shared/form-field";
import { StatusBadge } from "@/components/shared/status-badge";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { Page } from "@/lib/paging";
import type { DraftListRow } from "@/lib/pricebook/queries/drafts";
import type { ServerAction } from "@/lib/result";

/** Begins a draft and opens it. */
export function NewDraft({
  create,
  href,
}: {
  create: ServerAction<{ id: string }>;
  /** The folder of the drafts' pages. */
  href: string;
}) {
  return (
    <FormDialog
      byAddress
      label="New draft"
      variant="default"
      title="New draft"
      description="Nothing changes for anybody until a draft is scheduled."
      action={create}
      submitLabel="Create draft"
      successHref={`${href}/[id]`}
    >
      <FormField name="name" label="Name" required>
        <Input autoComplete="off" placeholder="Spring prices" />
      </FormField>
      <FormField
        name="start"
        label="Begins with"
        required
        hint="What a draft does not price stays at today's price."
      >
        <NativeSelect defaultValue="today">
          <option value="today">Today's prices</option>
          <option value="empty">No prices</option>
        </NativeSelect>
      </FormField>
    </FormDialog>
  );
}

/** The badge of a draft: still a draft, or what became of its prices. */
export function DraftBadge({
  draft,
  now,
}: {
  draft: { status: string; effectiveFrom: Date | null; isWithdrawn: boolean };
  now: Date;
}) {
  if (draft.status === "draft" || !draft.effectiveFrom) return <StatusBadge status="draft" />;
  if (draft.isWithdrawn) return <StatusBadge status="canceled" label="Withdrawn" />;
  return draft.effectiveFrom > now ? (
    <StatusBadge status="scheduled" label="Scheduled" />
  ) : (
    <StatusBadge status="active" label="In force" />
  );
}

/** The drafts of a price book. */
export function DraftList({
  page,
  href,
  now,
  create,
}: {
  page: Page<DraftListRow>;
  href: string;
  now: Date;
  /** Null for who only reads. */
  create: ServerAction<{ id: string }> | null;
}) {
  if (page.items.length === 0)
    return (
      <EmptyState
        icon={NotebookPen}
        title="No drafts yet"
        action={create ? <NewDraft create={create} href={href} /> : null}
      >
        Change prices in a draft, see last month's usage at them, and schedule them together.
      </EmptyState>
    );
  return (
    <>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Draft</TableHead>
            <TableHead>State</TableHead>
            <TableHead numeric>Prices</TableHead>
            <TableHead>Begins</TableHead>
            <TableHead>Changed</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {page.items.map((draft) => (
            <TableRow key={draft.id}>
              <TableCell className="wrap-anywhere min-w-44">
                <RowLink href={`${href}/${draft.id}`}>{draft.name}</RowLink>
              </TableCell>
              <TableCell>
                <DraftBadge draft={draft} now={now} />
              </TableCell>
              <TableCell numeric>{draft.prices}</TableCell>
              <TableCell>
                {draft.effectiveFrom ? (
                  <DateTime value={draft.effectiveFrom} utc />
                ) : (
                  <span className="text-muted-foreground">–</span>
                )}
              </TableCell>
              <TableCell>
                <DateTime value={draft.updatedAt} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <CursorPager nextCursor={page.nextCursor} />
    </>
  );
}
