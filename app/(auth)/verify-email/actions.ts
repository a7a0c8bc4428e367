"use server";

import { redirect } from "next/navigation";
import { linkInput, nothing } from "@/lib/accounts/input";
import { resendVerification, verifyEmail } from "@/lib/accounts/verify-email";
import { publicAction, sessionAction } from "@/lib/action";
import { currentSession } from "@/lib/auth/scope";

export const verifyEmailAction = publicAction(linkInput, async (request, input) => {
  await verifyEmail(request, input);
  redirect((await currentSession()) ? "/start" : "/sign-in?notice=verified");
});

export const resendVerificationAction = sessionAction(nothing, (session) => resendVerification(session));
