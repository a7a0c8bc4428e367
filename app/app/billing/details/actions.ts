"use server";

import { tenantAction } from "@/lib/action";
import { saveBillingDetails } from "@/lib/billing/commands/details";
import { saveDetailsInput } from "@/lib/billing/details-input";

export const saveBillingDetailsAction = tenantAction(saveDetailsInput, saveBillingDetails);
