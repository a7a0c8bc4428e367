import { Zap } from "lucide-react";
import type { Metadata } from "next";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader } from "@/components/shared/page-header";
import { TriggerCard } from "@/components/triggers/trigger-card";
import { NewTriggerDialog } from "@/components/triggers/trigger-dialog";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { TRIGGER_KINDS } from "@/lib/triggers/input";
import { listTriggers } from "@/lib/triggers/queries";
import { createTriggerAction } from "./actions";

export const metadata: Metadata = { title: "Triggers" };

export default async function TriggersPage({ params }: { params: Promise<{ workflowId: string }> }) {
  const scope = await requireTenant();
  const { workflowId } = await params;
  const { workflow, fields, triggers } = await orNotFound(listTriggers(scope, workflowId));
  const canManage = denial(scope, "trigger.manage") === null;
  const mayExpose = denial(scope, "trigger.expose") === null;
  const editorHref = `/app/workflows/${workflow.id}`;
  const create =
    canManage && fields
      ? TRIGGER_KINDS.map((kind) => (
          <NewTriggerDialog
            key={kind}
            kind={kind}
            workflowId={workflow.id}
            fields={fields}
            mayExpose={mayExpose}
            action={createTriggerAction}
          />
        ))
      : null;
  return (
    <>
      <PageHeader
        title="Triggers"
        description="What starts this workflow by itself. Runs follow the published version; each call, each time of a schedule and each form that is sent starts one."
        breadcrumb={[
          { label: "Workflows", href: "/app/workflows" },
          { label: workflow.name, href: editorHref },
          { label: "Triggers" },
        ]}
        actions={triggers.length > 0 ? create : null}
      />
      {workflow.isActive ? null : (
        <Alert tone="warning" title="The workflow is inactive" className="mb-4">
          Nothing starts until it is active again.
        </Alert>
      )}
      {triggers.length > 0 ? (
        <div className="grid gap-4 lg:grid-cols-2">
          {triggers.map((trigger) => (
            <TriggerCard key={trigger.id} workflowId={workflow.id} trigger={trigger} />
          ))}
        </div>
      ) : (
        <EmptyState
          icon={Zap}
          title={fields ? "Nothing starts this workflow yet" : "Publish the workflow first"}
          action={
            fields ? (
              create
            ) : (
              <Button asChild>
                <Link href={editorHref}>Open the editor</Link>
              </Button>
            )
          }
        >
          {fields
            ? "Let another system call it, start it by the clock, or give people a form to fill in."
            : "Triggers start the published version, and this workflow has none yet."}
        </EmptyState>
      )}
    </>
  );
}
