"use server";

import { adminAction } from "@/lib/action";
import { setUserActive } from "@/lib/admin/commands/tenants";
import { setUserActiveInput } from "@/lib/admin/input";

export const setUserActiveAction = adminAction(setUserActiveInput, setUserActive);
