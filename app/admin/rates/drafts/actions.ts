"use server";

import { adminAction } from "@/lib/action";
import {
  addDraftRate,
  createDraft,
  deleteDraft,
  raiseDraft,
  saveDraft,
} from "@/lib/pricebook/commands/drafts";
import { scheduleDraft } from "@/lib/pricebook/commands/schedule";
import {
  addDraftRateInput,
  createDraftInput,
  draftIdInput,
  raiseDraftInput,
  saveDraftInput,
  scheduleDraftInput,
} from "@/lib/pricebook/input";

export const createBaseDraftAction = adminAction(createDraftInput, (scope, input) =>
  createDraft(scope, input),
);
export const saveBaseDraftAction = adminAction(saveDraftInput, (scope, input) => saveDraft(scope, input));
export const addBaseDraftRateAction = adminAction(addDraftRateInput, (scope, input) =>
  addDraftRate(scope, input),
);
export const raiseBaseDraftAction = adminAction(raiseDraftInput, (scope, input) => raiseDraft(scope, input));
export const deleteBaseDraftAction = adminAction(draftIdInput, (scope, input) => deleteDraft(scope, input));
export const scheduleBaseDraftAction = adminAction(scheduleDraftInput, (scope, input) =>
  scheduleDraft(scope, input),
);
