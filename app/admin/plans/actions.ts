"use server";

import { adminAction } from "@/lib/action";
import { createPlan, setPlanPrice, updatePlan } from "@/lib/plans/commands";
import {
  createPlanInput,
  setPlanPriceInput,
  updatePlanInput,
  withdrawPlanPriceInput,
} from "@/lib/plans/input";
import { withdrawPlanPrice } from "@/lib/plans/withdraw";

export const createPlanAction = adminAction(createPlanInput, createPlan);
export const updatePlanAction = adminAction(updatePlanInput, updatePlan);
export const setPlanPriceAction = adminAction(setPlanPriceInput, (scope, input) =>
  setPlanPrice(scope, input),
);
export const withdrawPlanPriceAction = adminAction(withdrawPlanPriceInput, (scope, input) =>
  withdrawPlanPrice(scope, input),
);
