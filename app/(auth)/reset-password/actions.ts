"use server";

import { redirect } from "next/navigation";
import { resetPasswordInput } from "@/lib/accounts/input";
import { resetPassword } from "@/lib/accounts/reset-password";
import { publicAction } from "@/lib/action";
import { currentSession } from "@/lib/auth/scope";

export const resetPasswordAction = publicAction(resetPasswordInput, async (request, input) => {
  const { userId } = await resetPassword(request, input);
  const session = await currentSession();
  // Somebody else's page says whose password it was, and goes on from there.
  if (!session || session.userId === userId) redirect("/sign-in?notice=reset");
});
