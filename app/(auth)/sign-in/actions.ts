"use server";

import { redirect } from "next/navigation";
import { oauthInput, signInFormInput } from "@/lib/accounts/input";
import { publicAction } from "@/lib/action";
import { signInWithPassword, signInWithProvider, startPath } from "@/lib/auth/sign-in";

export const signInAction = publicAction(signInFormInput, async (_request, { next, ...input }) => {
  await signInWithPassword(input);
  redirect(startPath(next));
});

export const signInWithProviderAction = publicAction(oauthInput, (_request, { provider, next }) =>
  signInWithProvider(provider, next),
);
