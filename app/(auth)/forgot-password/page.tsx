import type { Metadata } from "next";
import { AuthCard } from "@/components/accounts/auth-card";
import { EmailForm } from "@/components/accounts/email-form";
import { OutboxHint } from "@/components/accounts/outbox-hint";
import { TextLink } from "@/components/accounts/text-link";
import { hasOutboxPage } from "@/lib/email/outbox";
import { forgotPasswordAction } from "./actions";

export const metadata: Metadata = { title: "Forgot password" };

export default async function ForgotPasswordPage({
  searchParams,
}: {
  searchParams: Promise<{ sent?: string }>;
}) {
  const isSent = (await searchParams).sent === "1";
  return (
    <AuthCard
      title={isSent ? "Look into your mailbox" : "Forgot password"}
      description={
        isSent
          ? "If this address has an account, a link to choose a new password is on its way. It works for 30 minutes."
          : "We send you a link to choose a new one."
      }
      footer={<TextLink href="/sign-in">Back to sign-in</TextLink>}
    >
      {isSent && hasOutboxPage() ? <OutboxHint /> : null}
      {isSent ? null : (
        <EmailForm
          action={forgotPasswordAction}
          successHref="/forgot-password?sent=1"
          submitLabel="Send link"
        />
      )}
    </AuthCard>
  );
}
