"use server";

import { redirect } from "next/navigation";
import { acceptInvitationInput } from "@/lib/accounts/input";
import { acceptInvitation } from "@/lib/accounts/invitations";
import { publicAction } from "@/lib/action";
import { signInWithPassword } from "@/lib/auth/sign-in";

export const acceptInvitationAction = publicAction(acceptInvitationInput, async (request, input) => {
  const { email } = await acceptInvitation(request, input);
  await signInWithPassword({ email, password: input.password });
  redirect("/start");
});
