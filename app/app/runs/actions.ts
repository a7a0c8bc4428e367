"use server";

import { tenantAction } from "@/lib/action";
import { cancelRun } from "@/lib/runs/commands/cancel";
import { cancelRunInput } from "@/lib/runs/input";

export const cancelRunAction = tenantAction(cancelRunInput, cancelRun);
