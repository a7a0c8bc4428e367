"use server";

import { redirect } from "next/navigation";
import { nothing } from "@/lib/accounts/input";
import { publicAction } from "@/lib/action";
import { signOutOfThisSession } from "@/lib/auth/sign-in";

export const signOutAction = publicAction(nothing, async () => {
  await signOutOfThisSession();
  redirect("/sign-in");
});
