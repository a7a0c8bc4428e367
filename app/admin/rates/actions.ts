"use server";

import { adminAction } from "@/lib/action";
import { setSystemRate } from "@/lib/rates/commands";
import { setSystemRateInput } from "@/lib/rates/input";

export const setSystemRateAction = adminAction(setSystemRateInput, (scope, input) =>
  setSystemRate(scope, input),
);
