"use server";

import { redirect } from "next/navigation";
import { resetPasswordInput } from "@/lib/accounts/input";
import { resetPassword } from "@/lib/accounts/reset-password";
import { publicAction } from "@/lib/action";

export const resetPasswordAction = publicAction(resetPasswordInput, async (request, input) => {
  await resetPassword(request, input);
  redirect("/sign-in?notice=reset");
});
