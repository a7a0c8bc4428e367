"use server";

import { partnerAction } from "@/lib/action";
import { refreshAccount, setPayoutMinimum, startOnboarding } from "@/lib/payouts/connect";
import { payoutMinimumInput, startOnboardingInput } from "@/lib/payouts/input";

export const startOnboardingAction = partnerAction(startOnboardingInput, (scope) => startOnboarding(scope));
export const refreshAccountAction = partnerAction(startOnboardingInput, (scope) => refreshAccount(scope));
export const setPayoutMinimumAction = partnerAction(payoutMinimumInput, (scope, input) =>
  setPayoutMinimum(scope, input),
);
