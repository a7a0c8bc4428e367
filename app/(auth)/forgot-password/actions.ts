"use server";

import { emailOnlyInput } from "@/lib/accounts/input";
import { requestPasswordReset } from "@/lib/accounts/reset-password";
import { publicAction } from "@/lib/action";

export const forgotPasswordAction = publicAction(emailOnlyInput, requestPasswordReset);
