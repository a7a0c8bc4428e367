import type { Metadata } from "next";
import { ChangePasswordForm } from "@/components/accounts/change-password-form";
import { NameForm } from "@/components/accounts/name-form";
import { SessionList } from "@/components/accounts/session-list";
import { SettingsCard } from "@/components/accounts/settings-card";
import { SignInMethods } from "@/components/accounts/sign-in-methods";
import { TextLink } from "@/components/accounts/text-link";
import { ActionButton } from "@/components/shared/action-button";
import { PageHeader } from "@/components/shared/page-header";
import { getSignInMethods } from "@/lib/accounts/profile";
import { listSessions } from "@/lib/accounts/sessions";
import { oauthProviderNames } from "@/lib/auth/oauth";
import { requireSession } from "@/lib/auth/scope";
import {
  changePasswordAction,
  linkProviderAction,
  renameSelfAction,
  revokeSessionAction,
  signOutEverywhereAction,
  signOutOthersAction,
} from "./actions";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const session = await requireSession();
  const [methods, sessions] = [await getSignInMethods(session), await listSessions(session)];
  const providers = oauthProviderNames();
  return (
    <>
      <PageHeader
        title="Account"
        description={`${session.email}, in the workspace ${session.tenant.name}.`}
      />
      <div className="grid gap-6">
        <SettingsCard title="Name">
          <NameForm
            action={renameSelfAction}
            field="fullName"
            label="Your name"
            value={session.fullName}
            successMessage="Your name is saved."
            autoComplete="name"
          />
        </SettingsCard>
        <SettingsCard title="Password">
          {methods.hasPassword ? (
            <ChangePasswordForm action={changePasswordAction} email={session.email} />
          ) : (
            <p className="text-sm">
              You have no password yet.{" "}
              <TextLink href="/forgot-password">Set one by a link in a mail</TextLink>.
            </p>
          )}
        </SettingsCard>
        {providers.length > 0 ? (
          <SettingsCard title="Other ways to sign in">
            <SignInMethods providers={providers} linked={methods.providers} link={linkProviderAction} />
          </SettingsCard>
        ) : null}
        <SettingsCard
          title="Sessions"
          description="Where you are signed in. A session ends after 12 hours without use, and after 7 days at the latest."
        >
          <SessionList sessions={sessions} revoke={revokeSessionAction} />
          <div className="mt-5 flex flex-wrap gap-2 border-t pt-5">
            {sessions.length > 1 ? (
              <ActionButton
                action={signOutOthersAction}
                input={{}}
                variant="outline"
                successMessage="All other devices are signed out."
              >
                Sign out other devices
              </ActionButton>
            ) : null}
            <ActionButton
              action={signOutEverywhereAction}
              input={{}}
              variant="outline"
              confirm={{
                title: "Sign out everywhere?",
                description: "Every session ends, this one too. You can sign in again at once.",
                confirmLabel: "Sign out everywhere",
                destructive: true,
              }}
            >
              Sign out everywhere
            </ActionButton>
          </div>
        </SettingsCard>
      </div>
    </>
  );
}
