import { History } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { VersionComparison } from "@/components/workflows/version-comparison";
import { VersionTable } from "@/components/workflows/version-table";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";
import { getVersionDiff } from "@/lib/workflows/diff-queries";
import { comparedVersionsQuery } from "@/lib/workflows/input";
import { getWorkflow, listVersions, type WorkflowVersionSummary } from "@/lib/workflows/queries";
import { restoreVersionAction } from "../../actions";

export const metadata: Metadata = { title: "Versions" };

type Props = { params: Promise<{ workflowId: string }>; searchParams: SearchParams };

export default async function VersionsPage({ params, searchParams }: Props) {
  const scope = await requireTenant();
  const { workflowId } = await params;
  const [workflow, versions] = await orNotFound(
    Promise.all([getWorkflow(scope, workflowId), listVersions(scope, workflowId)]),
  );
  const query = await readQuery(searchParams, comparedVersionsQuery);
  const compared = {
    from: chosen(query.from, versions) ?? usual(versions),
    to: chosen(query.to, versions) ?? "draft",
  };
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
            <VersionComparison
              versions={versions}
              compared={compared}
              diff={(await getVersionDiff(scope, { workflowId, ...compared })).diff}
            />
          </section>
          <SectionHeader title="All versions" />
          <VersionTable
            workflowId={workflow.id}
            versions={versions}
            canRestore={!scope.isReadOnly}
            restoreAction={restoreVersionAction}
          />
        </>
      )}
    </>
  );
}

/** What an address asks for, when there is such a version. */
function chosen(id: string | undefined, versions: readonly WorkflowVersionSummary[]): string | null {
  return id === "draft" || versions.some((version) => version.id === id) ? (id ?? null) : null;
}

/** What runs, so that the page begins with what publishing would change. */
function usual(versions: readonly WorkflowVersionSummary[]): string {
  return (versions.find((version) => version.isPublished) ?? versions[0])?.id ?? "draft";
}
