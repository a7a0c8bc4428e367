"use server";

import { partnerAction } from "@/lib/action";
import { createDraft, deleteDraft, raiseDraft, saveDraft } from "@/lib/pricebook/commands/drafts";
import { scheduleDraft } from "@/lib/pricebook/commands/schedule";
import {
  createDraftInput,
  draftIdInput,
  raiseDraftInput,
  saveDraftInput,
  scheduleDraftInput,
} from "@/lib/pricebook/input";

export const createPriceDraftAction = partnerAction(createDraftInput, (scope, input) =>
  createDraft(scope, input),
);
export const savePriceDraftAction = partnerAction(saveDraftInput, (scope, input) => saveDraft(scope, input));
export const raisePriceDraftAction = partnerAction(raiseDraftInput, (scope, input) =>
  raiseDraft(scope, input),
);
export const deletePriceDraftAction = partnerAction(draftIdInput, (scope, input) =>
  deleteDraft(scope, input),
);
export const schedulePriceDraftAction = partnerAction(scheduleDraftInput, (scope, input) =>
  scheduleDraft(scope, input),
);
