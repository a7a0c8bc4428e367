"use server";

import { adminAction } from "@/lib/action";
import { setSystemRate } from "@/lib/rates/commands";
import { setSystemRateInput, withdrawRateInput } from "@/lib/rates/input";
import { withdrawSystemRate } from "@/lib/rates/withdraw";

export const setSystemRateAction = adminAction(setSystemRateInput, (scope, input) =>
  setSystemRate(scope, input),
);
export const withdrawSystemRateAction = adminAction(withdrawRateInput, (scope, input) =>
  withdrawSystemRate(scope, input),
);
