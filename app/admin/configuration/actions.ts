"use server";

import { adminAction } from "@/lib/action";
import { clearConfig, setConfig } from "@/lib/admin/commands/platform";
import { clearConfigInput, setConfigInput } from "@/lib/admin/input";

export const setConfigAction = adminAction(setConfigInput, setConfig);
export const clearConfigAction = adminAction(clearConfigInput, clearConfig);
