"use server";

import { adminAction } from "@/lib/action";
import { saveModel, setModelActive } from "@/lib/admin/commands/platform";
import { saveModelInput, setModelActiveInput } from "@/lib/admin/input";

export const saveModelAction = adminAction(saveModelInput, saveModel);
export const setModelActiveAction = adminAction(setModelActiveInput, setModelActive);
