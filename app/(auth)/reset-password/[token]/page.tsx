import type { Metadata } from "next";
import { AuthCard } from "@/components/accounts/auth-card";
import { LinkForm } from "@/components/accounts/link-form";
import { PasswordInput } from "@/components/accounts/password-input";
import { TextLink } from "@/components/accounts/text-link";
import { FormField } from "@/components/shared/form-field";
import { PASSWORD_HINT } from "@/lib/accounts/password-rules";
import { findPasswordReset } from "@/lib/accounts/reset-password";
import { currentSession } from "@/lib/auth/scope";
import { resetPasswordAction } from "../actions";

export const metadata: Metadata = { title: "Choose a new password", referrer: "no-referrer" };

export default async function ResetPasswordPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const link = await findPasswordReset(token);
  if (!link) {
    return (
      <AuthCard
        title="This link does not work any more"
        description="It was used already, is older than 30 minutes, or was replaced by a newer one."
        footer={<TextLink href="/forgot-password">Ask for another link</TextLink>}
      >
        {null}
      </AuthCard>
    );
  }
  const session = await currentSession();
  const other = session && session.userId !== link.userId ? session : null;
  return (
    <AuthCard
      title="Choose a new password"
      description={`For ${link.email}. ${other ? "That account" : "You"} will be signed out on all devices.`}
    >
      <LinkForm
        action={resetPasswordAction}
        token={token}
        submitLabel="Set new password"
        beside={other ? { email: other.email, done: `The new password for ${link.email} is set.` } : null}
      >
        <FormField name="password" label="New password" required hint={PASSWORD_HINT}>
          <PasswordInput autoComplete="new-password" autoFocus />
        </FormField>
      </LinkForm>
    </AuthCard>
  );
}
