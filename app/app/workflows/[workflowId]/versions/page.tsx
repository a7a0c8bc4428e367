import { History } from "lucide-react";
import type { Metadata } from "next";
import { CursorPager } from "@/components/shared/data-table";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { VersionComparison } from "@/components/workflows/version-comparison";
import { VersionTable } from "@/components/workflows/version-table";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { MAX_PAGE_SIZE } from "@/lib/paging";
import { readQuery, type SearchParams } from "@/lib/query";
import { getVersionDiff } from "@/lib/workflows/diff-queries";
import { comparedVersionsQuery } from "@/lib/workflows/input";
import { getWorkflow, type WorkflowDto } from "@/lib/workflows/queries";
import { listVersions, type WorkflowVersionSummary } from "@/lib/workflows/version-queries";
import { restoreVersionAction } from "../../actions";

export const metadata: Metadata = { title: "Versions of a workflow" };

type Props = { params: Promise<{ workflowId: string }>; searchParams: SearchParams };

/** The page begins with what publishing would change; where that is nothing, with what it changed the last time. */
function usualPair(
  { publishedVersionId, hasUnpublishedChanges }: WorkflowDto,
  versions: readonly WorkflowVersionSummary[],
): { from: string; to: string } {
  const published = publishedVersionId ?? versions[0]?.id ?? "draft";
  const before = versions[versions.findIndex(({ id }) => id === published) + 1];
  return hasUnpublishedChanges || !before
    ? { from: published, to: "draft" }
    : { from: before.id, to: published };
}

export default async function VersionsPage({ params, searchParams }: Props) {
  const scope = await requireTenant();
  const { workflowId } = await params;
  const query = await readQuery(searchParams, comparedVersionsQuery);
  const workflow = await orNotFound(getWorkflow(scope, workflowId));
  const { items: versions, nextCursor } = await listVersions(scope, {
    workflowId: workflow.id,
    cursor: query.cursor,
    limit: MAX_PAGE_SIZE,
  });
  const usual = usualPair(workflow, versions);
  const { from = usual.from, to = usual.to } = query;
  const compared = await orNotFound(getVersionDiff(scope, { workflowId: workflow.id, from, to }));
  const editorHref = `/app/workflows/${workflow.id}`;
  return (
    <>
      <PageHeader
        title="Versions"
        description="Every published version, and every draft that was run. Runs keep to the version they started with."
        breadcrumb={[
          { label: "Workflows", href: "/app/workflows" },
          { label: workflow.name, href: editorHref },
          { label: "Versions" },
        ]}
        actions={
          <>
            <Button asChild variant="outline">
              <Link href={`${editorHref}/triggers`}>Triggers</Link>
            </Button>
            <Button asChild variant="outline">
              <Link href={editorHref}>Open the editor</Link>
            </Button>
          </>
        }
      />
      {versions.length === 0 ? (
        <EmptyState icon={History} title="Nothing has been published yet">
          Publishing freezes the draft as version 1. From then on you can go back to any version.
        </EmptyState>
      ) : (
        <>
          <section className="mb-8" aria-label="Compare">
            <SectionHeader title="What changed" />
            <VersionComparison versions={versions} compared={compared} />
          </section>
          <SectionHeader title="All versions" />
          <VersionTable
            workflowId={workflow.id}
            revision={workflow.revision}
            versions={versions}
            isDraftPublished={!workflow.hasUnpublishedChanges}
            canRestore={denial(scope, "workflow.update") === null}
            restoreAction={restoreVersionAction}
          />
          <CursorPager nextCursor={nextCursor} />
        </>
      )}
    </>
  );
}
