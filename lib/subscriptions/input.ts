import { z } from "zod";
import { BILLING_CYCLES } from "@/lib/plans/cycles";

const choice = {
  planId: z.uuid("Choose a plan."),
  cycle: z.enum(BILLING_CYCLES, "Choose monthly or annual."),
};

export const previewChangeInput = z.strictObject(choice);

export const changePlanInput = z.strictObject({
  ...choice,
  /** One a click: the form makes it, and a second press of the same button sends the same one. */
  requestKey: z.uuid("Load the page again."),
  /** What the person was shown would be asked for, in cents: never more than that is. */
  shownCents: z.coerce.bigint("Load the page again."),
});

export const cancelPlanInput = z.strictObject({ requestKey: z.uuid("Load the page again.") });
export const resumePlanInput = cancelPlanInput;

export type PreviewChangeInput = z.output<typeof previewChangeInput>;
export type ChangePlanInput = z.output<typeof changePlanInput>;
export type CancelPlanInput = z.output<typeof cancelPlanInput>;
