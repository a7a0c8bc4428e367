"use server";

import { redirect } from "next/navigation";
import { signUpInput } from "@/lib/accounts/input";
import { signUp } from "@/lib/accounts/sign-up";
import { publicAction } from "@/lib/action";

export const signUpAction = publicAction(signUpInput, async (request, input) => {
  await signUp(request, input);
  redirect("/verify-email");
});
