"use server";

import { tenantAction } from "@/lib/action";
import { cancelPlan, resumePlan } from "@/lib/subscriptions/commands/cancel";
import { changePlan } from "@/lib/subscriptions/commands/change";
import {
  cancelPlanInput,
  changePlanInput,
  previewChangeInput,
  resumePlanInput,
} from "@/lib/subscriptions/input";
import { previewChange } from "@/lib/subscriptions/queries";

export const previewPlanAction = tenantAction(previewChangeInput, (scope, input) =>
  previewChange(scope, input),
);
export const changePlanAction = tenantAction(changePlanInput, (scope, input) => changePlan(scope, input));
export const cancelPlanAction = tenantAction(cancelPlanInput, (scope, input) => cancelPlan(scope, input));
export const resumePlanAction = tenantAction(resumePlanInput, (scope, input) => resumePlan(scope, input));
