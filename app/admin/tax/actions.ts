"use server";

import { adminAction } from "@/lib/action";
import { setTaxRate } from "@/lib/billing/commands/details";
import { setTaxRateInput } from "@/lib/billing/details-input";

export const setTaxRateAction = adminAction(setTaxRateInput, (scope, input) => setTaxRate(scope, input));
