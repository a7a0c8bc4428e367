import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { signOutAction } from "@/app/(auth)/sign-out/actions";
import { AuthCard } from "@/components/accounts/auth-card";
import { OutboxHint } from "@/components/accounts/outbox-hint";
import { TextLink } from "@/components/accounts/text-link";
import { ActionButton } from "@/components/shared/action-button";
import { currentSession } from "@/lib/auth/scope";
import { hasOutboxPage } from "@/lib/email/outbox";
import { resendVerificationAction } from "./actions";

export const metadata: Metadata = { title: "Confirm your e-mail" };

export default async function VerifyEmailPage() {
  const session = await currentSession();
  if (session?.isVerified) redirect("/start");
  return (
    <AuthCard
      title="Look into your mailbox"
      description={
        session ? (
          <>
            We sent a link to <strong className="font-medium text-foreground">{session.email}</strong>. Open
            it to confirm the address and start.
          </>
        ) : (
          "We sent you a link. Open it to confirm your address; then you can sign in."
        )
      }
      footer={
        session ? (
          <ActionButton action={signOutAction} input={{}} variant="link">
            Sign out
          </ActionButton>
        ) : (
          <TextLink href="/sign-in">Go to sign-in</TextLink>
        )
      }
    >
      {hasOutboxPage() ? <OutboxHint /> : null}
      {session ? (
        <ActionButton
          action={resendVerificationAction}
          input={{}}
          variant="outline"
          size="lg"
          successMessage="A new link is on its way. Older ones stopped working."
        >
          Send another link
        </ActionButton>
      ) : null}
    </AuthCard>
  );
}
