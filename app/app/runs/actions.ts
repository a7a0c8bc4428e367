"use server";

import { tenantAction } from "@/lib/action";
import { cancelRun } from "@/lib/runs/commands/cancel";
import { replayRun } from "@/lib/runs/commands/replay";
import { resumeRun } from "@/lib/runs/commands/resume";
import { cancelRunInput, replayRunInput, resumeRunInput } from "@/lib/runs/input";

export const cancelRunAction = tenantAction(cancelRunInput, cancelRun);

export const resumeRunAction = tenantAction(resumeRunInput, resumeRun);

export const replayRunAction = tenantAction(replayRunInput, replayRun);
