"use server";

import { adminAction } from "@/lib/action";
import { setUserActive } from "@/lib/admin/commands/tenants";
import { makeTenantAdminInput, setUserActiveInput } from "@/lib/admin/input";
import { makeTenantAdmin } from "@/lib/admin/tenant-people";

export const setUserActiveAction = adminAction(setUserActiveInput, setUserActive);
export const makeTenantAdminAction = adminAction(makeTenantAdminInput, makeTenantAdmin);
