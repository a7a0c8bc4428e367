"use server";

import { redirect } from "next/navigation";
import { linkInput, nothing } from "@/lib/accounts/input";
import { resendVerification, verifyEmail } from "@/lib/accounts/verify-email";
import { publicAction, sessionAction } from "@/lib/action";
import { currentSession } from "@/lib/auth/scope";

export const verifyEmailAction = publicAction(linkInput, async (request, input) => {
  const { userId } = await verifyEmail(request, input);
  const session = await currentSession();
  if (!session) redirect("/sign-in?notice=verified");
  // Somebody else's page says whose address it was, and goes on from there.
  if (session.userId === userId) redirect("/start");
});

export const resendVerificationAction = sessionAction(nothing, (session) => resendVerification(session));
