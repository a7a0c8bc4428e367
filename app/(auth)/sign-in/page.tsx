import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AuthCard } from "@/components/accounts/auth-card";
import { ProviderButtons } from "@/components/accounts/provider-buttons";
import { SignInForm } from "@/components/accounts/sign-in-form";
import { TextLink } from "@/components/accounts/text-link";
import { Alert } from "@/components/ui/alert";
import { findEnding } from "@/lib/accounts/session-ending";
import { sessionCookie } from "@/lib/auth/cookie";
import { oauthProviderNames } from "@/lib/auth/oauth";
import { safePath } from "@/lib/auth/safe-path";
import { currentSession } from "@/lib/auth/scope";
import { startPath } from "@/lib/auth/sign-in";
import { signInAction, signInWithProviderAction } from "./actions";

export const metadata: Metadata = { title: "Sign in" };

const ERRORS: Readonly<Record<string, string>> = {
  OAuthAccountNotLinked:
    "This e-mail already has an account with a password. Sign in with the password, then add the other way on your account page.",
  AccessDenied: "This account may not sign in.",
};
const NOTICES: Readonly<Record<string, string>> = {
  verified: "Your e-mail address is confirmed. Sign in to start.",
  reset: "Your new password is set. Sign in with it.",
  "signed-out": "You are signed out on all devices.",
};

type Query = Promise<{ next?: string; error?: string; notice?: string }>;

export default async function SignInPage({ searchParams }: { searchParams: Query }) {
  const query = await searchParams;
  const next = safePath(typeof query.next === "string" ? query.next : null);
  if (await currentSession()) redirect(startPath(next ?? undefined));
  const error = query.error ? (ERRORS[query.error] ?? "Signing in did not work. Try again.") : null;
  const notice = query.notice ? NOTICES[query.notice] : null;
  const cookie = await sessionCookie();
  const ending = cookie && !error && !notice ? await findEnding(cookie) : null;
  return (
    <AuthCard
      title="Sign in"
      footer={
        <>
          New here? <TextLink href="/sign-up">Create a workspace</TextLink>
        </>
      }
    >
      {error ? <Alert tone="danger">{error}</Alert> : null}
      {notice && !error ? <Alert tone="success">{notice}</Alert> : null}
      {ending ? <Alert tone="warning">{ending.sentence}</Alert> : null}
      <ProviderButtons providers={oauthProviderNames()} action={signInWithProviderAction} next={next} />
      <SignInForm action={signInAction} next={next} />
    </AuthCard>
  );
}
