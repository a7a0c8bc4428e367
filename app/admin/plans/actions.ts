"use server";

import { adminAction } from "@/lib/action";
import { createPlan, setPlanPrice, updatePlan } from "@/lib/plans/commands";
import { createPlanInput, setPlanPriceInput, updatePlanInput } from "@/lib/plans/input";

export const createPlanAction = adminAction(createPlanInput, createPlan);
export const updatePlanAction = adminAction(updatePlanInput, updatePlan);
export const setPlanPriceAction = adminAction(setPlanPriceInput, (scope, input) =>
  setPlanPrice(scope, input),
);
