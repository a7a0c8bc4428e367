"use server";

import { adminAction } from "@/lib/action";
import { setPlanLimits, setTenantLimits } from "@/lib/admin/commands/limits";
import { setPlanLimitsInput, setTenantLimitsInput } from "@/lib/admin/input";

export const setPlanLimitsAction = adminAction(setPlanLimitsInput, setPlanLimits);
export const setTenantLimitsAction = adminAction(setTenantLimitsInput, setTenantLimits);
