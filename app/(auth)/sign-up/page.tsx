import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { signInWithProviderAction } from "@/app/(auth)/sign-in/actions";
import { AuthCard } from "@/components/accounts/auth-card";
import { ProviderButtons } from "@/components/accounts/provider-buttons";
import { SignUpForm } from "@/components/accounts/sign-up-form";
import { TextLink } from "@/components/accounts/text-link";
import { trialDays } from "@/lib/accounts/trial";
import { oauthProviderNames } from "@/lib/auth/oauth";
import { currentSession } from "@/lib/auth/scope";
import { signUpAction } from "./actions";

export const metadata: Metadata = { title: "Create a workspace" };

export default async function SignUpPage() {
  if (await currentSession()) redirect("/start");
  return (
    <AuthCard
      title="Create a workspace"
      description={`Try everything for ${await trialDays()} days. No card is needed.`}
      footer={
        <>
          Have an account? <TextLink href="/sign-in">Sign in</TextLink>
        </>
      }
    >
      <ProviderButtons providers={oauthProviderNames()} action={signInWithProviderAction} next={null} />
      <SignUpForm action={signUpAction} />
    </AuthCard>
  );
}
