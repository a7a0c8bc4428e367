import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { ActionButton } from "@/components/shared/action-button";
import { CursorPager } from "@/components/shared/data-table";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { StatusBadge } from "@/components/shared/status-badge";
import { DeliveryList } from "@/components/triggers/delivery-list";
import { KIND_LOOKS } from "@/components/triggers/kinds";
import { StartNow } from "@/components/triggers/start-now";
import { EditTriggerDialog } from "@/components/triggers/trigger-dialog";
import { Alert } from "@/components/ui/alert";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";
import { isOpen } from "@/lib/triggers/exposure";
import { listDeliveriesInput } from "@/lib/triggers/input";
import { findSample, getTrigger, listDeliveries } from "@/lib/triggers/queries";
import { startWorkflowRunAction } from "../../../actions";
import { TriggerPanels } from "../_components/trigger-panels";
import { deleteTriggerAction, setTriggerActiveAction, updateTriggerAction } from "../actions";

const STATUSES = [
  { value: "accepted", label: "Started a run" },
  { value: "rejected", label: "Rejected" },
];
/** What there is besides, by the kind of the trigger. */
const MORE_STATUSES = {
  webhook: [{ value: "captured", label: "Samples" }],
  schedule: [{ value: "left_out", label: "Left out" }],
  form: [],
} as const;

type TriggerPageProps = {
  params: Promise<{ workflowId: string; triggerId: string }>;
  searchParams: SearchParams;
};

const triggerOf = cache(async (workflowId: string, triggerId: string) => {
  const trigger = await orNotFound(getTrigger(await requireTenant(), triggerId));
  if (trigger.workflow.id !== workflowId) notFound();
  return trigger;
});

export async function generateMetadata({ params }: TriggerPageProps): Promise<Metadata> {
  const { workflowId, triggerId } = await params;
  return { title: (await triggerOf(workflowId, triggerId)).name };
}

export default async function TriggerPage({ params, searchParams }: TriggerPageProps) {
  const scope = await requireTenant();
  const { workflowId, triggerId } = await params;
  const query = await readQuery(searchParams, listDeliveriesInput);
  const trigger = await triggerOf(workflowId, triggerId);
  const { items, nextCursor } = await listDeliveries(scope, triggerId, query);
  const sample = trigger.kind === "webhook" ? await findSample(scope, triggerId) : null;
  const canManage = denial(scope, "trigger.manage") === null;
  const mayExpose = denial(scope, "trigger.expose") === null;
  const needsAdmin = canManage && !mayExpose && !trigger.isActive && isOpen(trigger.config);
  const listHref = `/app/workflows/${workflowId}/triggers`;
  return (
    <>
      <PageHeader
        title={trigger.name}
        description={KIND_LOOKS[trigger.kind].description}
        badge={<StatusBadge status={trigger.isActive ? "active" : "inactive"} />}
        breadcrumb={[
          { label: "Workflows", href: "/app/workflows" },
          { label: trigger.workflow.name, href: `/app/workflows/${workflowId}` },
          { label: "Triggers", href: listHref },
          { label: trigger.name },
        ]}
        actions={
          canManage ? (
            <>
              {trigger.kind === "schedule" && denial(scope, "workflow.run") === null ? (
                <StartNow
                  workflowId={workflowId}
                  input={trigger.config.input}
                  action={startWorkflowRunAction}
                />
              ) : null}
              <EditTriggerDialog
                trigger={trigger}
                fields={trigger.fields}
                mayExpose={mayExpose}
                action={updateTriggerAction}
              />
              {needsAdmin ? null : (
                <ActionButton
                  action={setTriggerActiveAction}
                  input={{ triggerId, isActive: !trigger.isActive }}
                  variant="outline"
                  successMessage={trigger.isActive ? "It is off." : "It is on."}
                >
                  {trigger.isActive ? "Turn off" : "Turn on"}
                </ActionButton>
              )}
              <ActionButton
                action={deleteTriggerAction}
                input={{ triggerId }}
                variant="ghost"
                successMessage={`${trigger.name} is deleted.`}
                successHref={listHref}
                confirm={{
                  title: `Delete ${trigger.name}?`,
                  description: "Whatever uses it is refused from now on. The runs it started stay.",
                  losses: ["Its address and secrets", "The log of its deliveries"],
                  confirmLabel: "Delete trigger",
                  destructive: true,
                }}
              >
                Delete
              </ActionButton>
            </>
          ) : null
        }
      />
      {trigger.disabledReason ? (
        <Alert tone="warning" title="This schedule was turned off" className="mb-6">
          {trigger.disabledReason} Look at its last runs, put right what is wrong, and turn it on again.
        </Alert>
      ) : null}
      {trigger.misfits.length > 0 ? (
        <Alert tone="warning" title="It does not go with the workflow's input any more" className="mb-6">
          <ul className="wrap-anywhere">
            {trigger.misfits.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Alert>
      ) : null}
      {needsAdmin ? (
        <Alert tone="info" title="An admin can turn it on" className="mb-6">
          Anybody who has its address can start it.
        </Alert>
      ) : null}
      <div className="grid gap-8">
        <TriggerPanels trigger={trigger} sample={sample} canManage={canManage} />
        <section>
          <SectionHeader
            title="Deliveries"
            description="What came, what it started, and what was rejected."
          />
          <Toolbar>
            <FilterSelect
              param="status"
              label="Status"
              options={[...STATUSES, ...MORE_STATUSES[trigger.kind]]}
              allLabel="All deliveries"
            />
          </Toolbar>
          {items.length === 0 && query.status ? (
            <NothingFits what="delivery" />
          ) : (
            <DeliveryList deliveries={items} />
          )}
          <CursorPager nextCursor={nextCursor} />
        </section>
      </div>
    </>
  );
}
