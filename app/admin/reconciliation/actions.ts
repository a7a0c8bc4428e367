"use server";

import { adminAction } from "@/lib/action";
import { decideFinding, requestReconciliation } from "@/lib/reconcile/commands";
import { decideFindingInput, requestReconciliationInput } from "@/lib/reconcile/input";

export const requestReconciliationAction = adminAction(requestReconciliationInput, requestReconciliation);
export const decideFindingAction = adminAction(decideFindingInput, decideFinding);
