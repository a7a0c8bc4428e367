"use server";

import { partnerAction } from "@/lib/action";
import { setPartnerRate } from "@/lib/rates/commands";
import { setPartnerRateInput } from "@/lib/rates/input";

export const setPartnerRateAction = partnerAction(setPartnerRateInput, (scope, input) =>
  setPartnerRate(scope, input),
);
