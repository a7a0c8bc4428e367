"use server";

import { tenantAction } from "@/lib/action";
import { batchIdInput, previewBatchInput, startBatchInput } from "@/lib/runs/batch-input";
import { previewBatch } from "@/lib/runs/batch-queries";
import { startBatch, stopBatch } from "@/lib/runs/commands/batch";
import { cancelRuns, replayRuns, resumeRuns } from "@/lib/runs/commands/bulk";
import { cancelRun } from "@/lib/runs/commands/cancel";
import { replayRun } from "@/lib/runs/commands/replay";
import { resumeRun } from "@/lib/runs/commands/resume";
import {
  bulkRunsInput,
  cancelRunInput,
  executionIdInput,
  previewResumeInput,
  replayRunInput,
  resumeRunInput,
} from "@/lib/runs/input";
import { getReplayForm } from "@/lib/runs/replay-form";
import { previewResume } from "@/lib/runs/resume-preview";

export const cancelRunAction = tenantAction(cancelRunInput, cancelRun);

export const resumeRunAction = tenantAction(resumeRunInput, resumeRun);

export const replayRunAction = tenantAction(replayRunInput, replayRun);

export const previewResumeAction = tenantAction(previewResumeInput, previewResume);

export const replayFormAction = tenantAction(executionIdInput, getReplayForm);

export const cancelRunsAction = tenantAction(bulkRunsInput, cancelRuns);

export const resumeRunsAction = tenantAction(bulkRunsInput, resumeRuns);

export const replayRunsAction = tenantAction(bulkRunsInput, replayRuns);

export const previewBatchAction = tenantAction(previewBatchInput, previewBatch);

export const startBatchAction = tenantAction(startBatchInput, startBatch);

export const stopBatchAction = tenantAction(batchIdInput, stopBatch);
