import { Webhook } from "lucide-react";
import type { Metadata } from "next";
import { NameForm } from "@/components/accounts/name-form";
import { SettingsCard } from "@/components/accounts/settings-card";
import { CopyButton } from "@/components/shared/copy-button";
import { DateTime } from "@/components/shared/date-time";
import { KeyValueList } from "@/components/shared/key-value-list";
import { PageHeader } from "@/components/shared/page-header";
import { StatusBadge } from "@/components/shared/status-badge";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { getWorkspaceSettings, type WorkspaceSettings } from "@/lib/tenants/settings";
import { renameWorkspaceAction } from "./actions";

export const metadata: Metadata = { title: "Settings" };

function factsOf(workspace: WorkspaceSettings) {
  return [
    {
      label: "Workspace id",
      value: (
        <span className="flex items-center gap-1">
          <code className="wrap-anywhere font-mono text-[0.8125rem]">{workspace.id}</code>
          <CopyButton value={workspace.id} label="Copy workspace id" />
        </span>
      ),
    },
    { label: "State", value: <StatusBadge status={workspace.status} /> },
    { label: "Created", value: <DateTime value={workspace.createdAt} format="date" /> },
    { label: "Plan", value: workspace.planName ?? "Pay as you go" },
    ...(workspace.trialEndsAt
      ? [{ label: "Trial ends", value: <DateTime value={workspace.trialEndsAt} format="date" /> }]
      : []),
  ];
}

export default async function SettingsPage() {
  const scope = await requireTenant();
  const workspace = await getWorkspaceSettings(scope);
  const canUpdate = denial(scope, "settings.update") === null;
  return (
    <>
      <PageHeader title="Settings" description="About this workspace." />
      <div className="grid max-w-3xl gap-6">
        <SettingsCard
          title="Name"
          description={canUpdate ? undefined : "Only admins of this workspace can change it."}
        >
          {canUpdate ? (
            <NameForm
              action={renameWorkspaceAction}
              field="name"
              label="Workspace name"
              value={workspace.name}
              hint="Shown to your team, in invitations and on invoices from now on."
              successMessage="The name is saved."
              autoComplete="organization"
            />
          ) : (
            <p className="font-medium text-sm">{workspace.name}</p>
          )}
        </SettingsCard>
        {denial(scope, "webhook_endpoint.read") === null ? (
          <SettingsCard
            title="Webhooks"
            description="Your own systems are told of failed runs, approvals and schedules by signed messages."
          >
            <Button asChild variant="outline">
              <Link href="/app/settings/webhooks">
                <Webhook aria-hidden="true" />
                Manage endpoints
              </Link>
            </Button>
          </SettingsCard>
        ) : null}
        <SettingsCard title="Facts">
          <KeyValueList items={factsOf(workspace)} />
        </SettingsCard>
      </div>
    </>
  );
}
