import type { Metadata } from "next";
import { AuthCard } from "@/components/accounts/auth-card";
import { LinkForm } from "@/components/accounts/link-form";
import { PasswordInput } from "@/components/accounts/password-input";
import { TextLink } from "@/components/accounts/text-link";
import { FormField } from "@/components/shared/form-field";
import { Alert } from "@/components/ui/alert";
import { Input } from "@/components/ui/input";
import { findInvitation } from "@/lib/accounts/invitations";
import { PASSWORD_HINT } from "@/lib/accounts/password-rules";
import { currentSession } from "@/lib/auth/scope";
import { acceptInvitationAction } from "../actions";

export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

const toSignIn = <TextLink href="/sign-in">Go to sign-in</TextLink>;

export default async function InvitationPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const invitation = await findInvitation(token);
  if (!invitation) {
    return (
      <AuthCard
        title="This invitation does not work any more"
        description="It was accepted already, was withdrawn, is older than 7 days, or whoever sent it may not invite here any more. Ask for another one."
        footer={toSignIn}
      >
        {null}
      </AuthCard>
    );
  }
  if (invitation.hasAccount) {
    return (
      <AuthCard
        title="You have an account already"
        description={`${invitation.email} belongs to another workspace, and one address can belong to one workspace only. To join ${invitation.place}, ask for an invitation to another address.`}
        footer={toSignIn}
      >
        {null}
      </AuthCard>
    );
  }
  const session = await currentSession();
  return (
    <AuthCard
      title={`Join ${invitation.place}`}
      description={`You will be ${invitation.roleName} and sign in with ${invitation.email}.`}
    >
      {session ? (
        <Alert tone="warning" title={`You are signed in as ${session.email}.`}>
          Accepting signs this browser in as {invitation.email} instead.
        </Alert>
      ) : null}
      <LinkForm action={acceptInvitationAction} token={token} submitLabel="Accept and sign in">
        <input type="email" autoComplete="username" value={invitation.email} readOnly hidden />
        <FormField name="fullName" label="Your name" required>
          <Input autoComplete="name" autoFocus />
        </FormField>
        <FormField name="password" label="Password" required hint={PASSWORD_HINT}>
          <PasswordInput autoComplete="new-password" />
        </FormField>
      </LinkForm>
    </AuthCard>
  );
}
