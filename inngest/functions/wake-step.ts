import { RetryAfterError } from "inngest";
import { jobScope } from "@/lib/auth/scope";
import { wakeStep } from "@/lib/runs/suspended";
import { inngest } from "../client";
import { stepDue } from "../events";

/** Lets a waiting step go on at its time. The event is sent ahead; the sweep finds what was lost. */
export const wakeDueSteps = inngest.createFunction(
  { id: "wake-step", triggers: [stepDue], retries: 5 },
  async ({ event, step }) => {
    const { tenantId, stepId } = event.data;
    await step.run("wake", async () => {
      const earlyMs = await wakeStep(await jobScope(tenantId, "wake-step"), stepId);
      if (earlyMs > 0) throw new RetryAfterError("The time has not come yet.", earlyMs);
    });
  },
);
