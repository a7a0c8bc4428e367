"use server";

import { partnerAction } from "@/lib/action";
import { saveBranding } from "@/lib/branding/commands";
import { saveBrandingInput } from "@/lib/branding/input";

export const saveBrandingAction = partnerAction(saveBrandingInput, (scope, input) =>
  saveBranding(scope, input),
);
