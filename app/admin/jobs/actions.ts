"use server";

import { adminAction } from "@/lib/action";
import { cancelJob, pauseJob, purgeJobs, resumeJob, retryJob } from "@/lib/admin/commands/jobs";
import { jobLaneInput, jobRunInput, purgeJobsInput } from "@/lib/admin/input";

export const pauseJobAction = adminAction(jobLaneInput, pauseJob);
export const resumeJobAction = adminAction(jobLaneInput, resumeJob);
export const retryJobAction = adminAction(jobRunInput, retryJob);
export const cancelJobAction = adminAction(jobRunInput, cancelJob);
export const purgeJobsAction = adminAction(purgeJobsInput, purgeJobs);
