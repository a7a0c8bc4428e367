import type { Metadata } from "next";
import { PreferencesForm } from "@/components/notifications/preferences-form";
import { PageHeader } from "@/components/shared/page-header";
import { Link } from "@/components/ui/link";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { listPreferences } from "@/lib/notifications/queries/inbox";
import { savePreferencesAction } from "../actions";

export const metadata: Metadata = { title: "Notification preferences" };

export default async function PreferencesPage() {
  const scope = await requireTenant();
  const preferences = await listPreferences(scope);
  const canManageEndpoints = denial(scope, "webhook_endpoint.read") === null;
  return (
    <div className="max-w-3xl">
      <PageHeader
        title="Preferences"
        breadcrumb={[{ label: "Notifications", href: "/app/notifications" }, { label: "Preferences" }]}
        description={
          <>
            What you are told of, and where. This is for you alone.
            {canManageEndpoints ? (
              <>
                {" "}
                Your own systems are told by{" "}
                <Link href="/app/settings/webhooks" className="link">
                  webhooks
                </Link>
                .
              </>
            ) : null}
          </>
        }
      />
      <PreferencesForm preferences={preferences} action={savePreferencesAction} />
    </div>
  );
}
