import type { Metadata } from "next";
import { AuthCard } from "@/components/accounts/auth-card";
import { LinkForm } from "@/components/accounts/link-form";
import { TextLink } from "@/components/accounts/text-link";
import { findVerification } from "@/lib/accounts/verify-email";
import { currentSession } from "@/lib/auth/scope";
import { verifyEmailAction } from "../actions";

export const metadata: Metadata = { title: "Confirm your e-mail", referrer: "no-referrer" };

export default async function VerifyEmailLinkPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const link = await findVerification(token);
  if (!link) {
    return (
      <AuthCard
        title="This link does not work any more"
        description="It was used already, is older than a day, or was replaced by a newer one. Sign in: if your address is not confirmed yet, you can ask for another link there."
        footer={<TextLink href="/sign-in">Go to sign-in</TextLink>}
      >
        {null}
      </AuthCard>
    );
  }
  const session = await currentSession();
  return (
    <AuthCard title="Confirm your e-mail" description={`This confirms that ${link.email} is yours.`}>
      <LinkForm
        action={verifyEmailAction}
        token={token}
        submitLabel="Confirm e-mail address"
        beside={
          session && session.userId !== link.userId
            ? { email: session.email, done: `${link.email} is confirmed.` }
            : null
        }
      />
    </AuthCard>
  );
}
