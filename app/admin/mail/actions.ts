"use server";

import { adminAction } from "@/lib/action";
import { sendMailAgain, sendMailsAgain } from "@/lib/email/failed";
import { sendMailAgainInput, sendMailsAgainInput } from "@/lib/email/input";

export const sendMailAgainAction = adminAction(sendMailAgainInput, sendMailAgain);
export const sendMailsAgainAction = adminAction(sendMailsAgainInput, sendMailsAgain);
