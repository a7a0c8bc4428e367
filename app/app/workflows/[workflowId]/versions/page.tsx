import { History } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { VersionTable } from "@/components/workflows/version-table";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { getWorkflow, listVersions } from "@/lib/workflows/queries";
import { restoreVersionAction } from "../../actions";

export const metadata: Metadata = { title: "Versions" };

export default async function VersionsPage({ params }: { params: Promise<{ workflowId: string }> }) {
  const scope = await requireTenant();
  const { workflowId } = await params;
  const [workflow, versions] = await orNotFound(
    Promise.all([getWorkflow(scope, workflowId), listVersions(scope, workflowId)]),
  );
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
          <Button asChild variant="outline">
            <Link href={editorHref}>Open the editor</Link>
          </Button>
        }
      />
      {versions.length === 0 ? (
        <EmptyState icon={History} title="Nothing has been published yet">
          Publishing freezes the draft as version 1. From then on you can go back to any version.
        </EmptyState>
      ) : (
        <VersionTable
          workflowId={workflow.id}
          versions={versions}
          canRestore={!scope.isReadOnly}
          restoreAction={restoreVersionAction}
        />
      )}
    </>
  );
}
