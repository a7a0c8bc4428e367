"use server";

import { partnerAction } from "@/lib/action";
import { setPartnerRate } from "@/lib/rates/commands";
import { setPartnerRateInput, withdrawRateInput } from "@/lib/rates/input";
import { withdrawPartnerRate } from "@/lib/rates/withdraw";

export const setPartnerRateAction = partnerAction(setPartnerRateInput, (scope, input) =>
  setPartnerRate(scope, input),
);
export const withdrawPartnerRateAction = partnerAction(withdrawRateInput, (scope, input) =>
  withdrawPartnerRate(scope, input),
);
