import { Webhook } from "lucide-react";
import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { EndpointList } from "@/components/notifications/endpoint-list";
import { CreateEndpointDialog } from "@/components/notifications/secret-dialogs";
import { VerifyExample } from "@/components/notifications/verify-example";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { listEndpoints } from "@/lib/notifications/queries/endpoints";
import { createEndpointAction } from "./actions";

export const metadata: Metadata = { title: "Webhooks" };

export default async function WebhooksPage() {
  const scope = await requireTenant();
  if (denial(scope, "webhook_endpoint.read")) return <AdminsOnly title="Webhooks" />;
  const endpoints = await listEndpoints(scope);
  const canManage = denial(scope, "webhook_endpoint.manage") === null;
  return (
    <>
      <PageHeader
        title="Webhooks"
        breadcrumb={[{ label: "Settings", href: "/app/settings" }, { label: "Webhooks" }]}
        description="Your own systems are told what happens here by signed messages. They hold ids, names and a link, never what a run read or wrote."
        actions={canManage ? <CreateEndpointDialog action={createEndpointAction} /> : null}
      />
      {endpoints.length === 0 ? (
        // Nothing is made from here: a secret that is shown this once would go with the empty list.
        <EmptyState icon={Webhook} title="No endpoints yet">
          Add the address of a program of yours, and it is told when a run fails, an approval is asked, or a
          schedule is turned off.
        </EmptyState>
      ) : (
        <EndpointList endpoints={endpoints} />
      )}
      <section className="mt-10">
        <SectionHeader title="Checking a message" />
        <VerifyExample />
      </section>
    </>
  );
}
