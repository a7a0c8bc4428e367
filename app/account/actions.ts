"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import {
  changePasswordInput,
  nothing,
  oauthInput,
  renameSelfInput,
  revokeSessionInput,
} from "@/lib/accounts/input";
import { changePassword, renameSelf } from "@/lib/accounts/profile";
import { revokeSession, signOutEverywhere } from "@/lib/accounts/sessions";
import { sessionAction } from "@/lib/action";
import { signInWithProvider, signOutOfThisSession } from "@/lib/auth/sign-in";

export const renameSelfAction = sessionAction(renameSelfInput, async (session, input) => {
  await renameSelf(session, input);
  revalidatePath("/account");
});

export const changePasswordAction = sessionAction(changePasswordInput, async (session, input) => {
  await changePassword(session, input);
  revalidatePath("/account");
});

export const revokeSessionAction = sessionAction(revokeSessionInput, (session, input) =>
  revokeSession(session, input),
);

export const signOutOthersAction = sessionAction(nothing, (session) =>
  signOutEverywhere(session, { keepCurrent: true }),
);

export const signOutEverywhereAction = sessionAction(nothing, async (session) => {
  await signOutEverywhere(session, { keepCurrent: false });
  await signOutOfThisSession();
  redirect("/sign-in?notice=signed-out");
});

/** The signed-in person adds another way to sign in; Auth.js links it to the session's user. */
export const linkProviderAction = sessionAction(
  z.strictObject({ provider: oauthInput.shape.provider }),
  (_session, { provider }) => signInWithProvider(provider, "/account"),
);
