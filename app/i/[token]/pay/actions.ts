"use server";

import { publicAction } from "@/lib/action";
import { payHosted, refreshHosted } from "@/lib/payments/commands/pay-hosted";
import { payHostedInput, refreshHostedInput } from "@/lib/payments/input";

export const payHostedAction = publicAction(payHostedInput, payHosted);
export const refreshHostedAction = publicAction(refreshHostedInput, refreshHosted);
