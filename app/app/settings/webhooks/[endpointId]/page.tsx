import { Pencil, Send, Trash2 } from "lucide-react";
import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { DeliveryTable } from "@/components/notifications/delivery-table";
import { EndpointFields } from "@/components/notifications/endpoint-fields";
import { KindBadges } from "@/components/notifications/endpoint-list";
import { EndpointState } from "@/components/notifications/endpoint-state";
import { RotateSecretDialog } from "@/components/notifications/secret-dialogs";
import { ActionButton } from "@/components/shared/action-button";
import { CursorPager } from "@/components/shared/data-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { FormDialog } from "@/components/shared/form-dialog";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { Alert } from "@/components/ui/alert";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { DELIVERY_STATUSES, deliveriesQuery } from "@/lib/notifications/input";
import { type EndpointItem, getEndpoint, listDeliveries } from "@/lib/notifications/queries/endpoints";
import { readQuery, type SearchParams } from "@/lib/query";
import {
  deleteEndpointAction,
  resendMessageAction,
  rotateEndpointSecretAction,
  sendTestMessageAction,
  setEndpointActiveAction,
  updateEndpointAction,
} from "../actions";

export const metadata: Metadata = { title: "Webhook endpoint" };

const STATUS_LABELS = { queued: "Queued", delivered: "Delivered", failed: "Failed" } as const;
const STATUSES = DELIVERY_STATUSES.map((value) => ({ value, label: STATUS_LABELS[value] }));

function EndpointActions({ endpoint }: { endpoint: EndpointItem }) {
  const { id: endpointId, isActive, url } = endpoint;
  return (
    <>
      {isActive ? (
        <ActionButton
          action={sendTestMessageAction}
          input={{ endpointId }}
          successMessage="A test message is on its way."
        >
          <Send aria-hidden="true" />
          Send a test
        </ActionButton>
      ) : null}
      <ActionButton
        action={setEndpointActiveAction}
        input={{ endpointId, isActive: !isActive }}
        variant={isActive ? "outline" : "default"}
        successMessage={isActive ? "The endpoint is off." : "The endpoint is on."}
        {...(isActive
          ? {
              confirm: {
                title: "Turn this endpoint off?",
                description:
                  "It is told nothing until it is on again. Messages that wait for it are given up; they can be sent again from this page.",
                confirmLabel: "Turn off",
              },
            }
          : {})}
      >
        {isActive ? "Turn off" : "Turn on"}
      </ActionButton>
      <FormDialog
        label={
          <>
            <Pencil aria-hidden="true" />
            Edit
          </>
        }
        title="Edit endpoint"
        description="Messages that wait go to the new address."
        action={updateEndpointAction}
        hidden={{ endpointId }}
        submitLabel="Save"
        successMessage="The endpoint is saved."
      >
        <EndpointFields values={endpoint} />
      </FormDialog>
      <RotateSecretDialog endpointId={endpointId} action={rotateEndpointSecretAction} />
      <ActionButton
        action={deleteEndpointAction}
        input={{ endpointId }}
        variant="ghost"
        className="text-danger"
        successMessage="The endpoint is removed."
        successHref="/app/settings/webhooks"
        confirm={{
          title: "Remove this endpoint?",
          description: `${url} is told nothing any more.`,
          losses: ["Messages that wait for it", "The log of its messages"],
          confirmLabel: "Remove endpoint",
          destructive: true,
        }}
      >
        <Trash2 aria-hidden="true" />
        Remove
      </ActionButton>
    </>
  );
}

export default async function EndpointPage({
  params,
  searchParams,
}: {
  params: Promise<{ endpointId: string }>;
  searchParams: SearchParams;
}) {
  const scope = await requireTenant();
  if (denial(scope, "webhook_endpoint.read")) return <AdminsOnly title="Webhook endpoint" />;
  const endpoint = await orNotFound(getEndpoint(scope, (await params).endpointId));
  const query = await readQuery(searchParams, deliveriesQuery);
  const { items, nextCursor } = await listDeliveries(scope, endpoint.id, query);
  const canManage = denial(scope, "webhook_endpoint.manage") === null;
  const canSend = canManage && endpoint.isActive;
  return (
    <>
      <PageHeader
        title={new URL(endpoint.url).host}
        badge={<EndpointState endpoint={endpoint} />}
        breadcrumb={[
          { label: "Settings", href: "/app/settings" },
          { label: "Webhooks", href: "/app/settings/webhooks" },
          { label: new URL(endpoint.url).host },
        ]}
        description={
          <span className="grid gap-2">
            <code className="wrap-anywhere font-mono text-xs">{endpoint.url}</code>
            {endpoint.description ? <span>{endpoint.description}</span> : null}
            <KindBadges kinds={endpoint.kinds} />
          </span>
        }
        actions={canManage ? <EndpointActions endpoint={endpoint} /> : null}
      />
      {endpoint.disabledReason ? (
        <div className="mb-6">
          <Alert tone="danger" title="This endpoint was turned off">
            {endpoint.disabledReason} Put it right, turn it on again, and send what it missed from the list
            below.
          </Alert>
        </div>
      ) : null}
      <LiveRefresh active={items.some((item) => item.status === "queued" && item.attempt < 3)} />
      <section>
        <SectionHeader title="Messages" description="Kept for 30 days." />
        <Toolbar>
          <FilterSelect param="status" label="State" options={STATUSES} allLabel="Any state" />
        </Toolbar>
        {items.length > 0 ? (
          <DeliveryTable deliveries={items} {...(canSend ? { resend: resendMessageAction } : {})} />
        ) : query.status ? (
          <NothingFits what="message" />
        ) : (
          <EmptyState icon={Send} title="No messages yet">
            Send a test to see whether your side takes it, and what a message looks like.
          </EmptyState>
        )}
        <CursorPager nextCursor={nextCursor} />
      </section>
    </>
  );
}
