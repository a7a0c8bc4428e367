import { cron } from "inngest";
import { draftPayouts } from "@/lib/payouts/commands/draft";
import { refreshHeldAccounts } from "@/lib/payouts/connect";
import { tellPayouts } from "@/lib/payouts/notices";
import { sendPayout, sweepPayouts } from "@/lib/payouts/send";
import { inngest } from "../client";
import { payoutApproved } from "../events";

/** Drafts what partners are paid for the month before. Every day: what one could not draft, the next one does. */
export const draftPayoutsDaily = inngest.createFunction(
  {
    id: "draft-payouts",
    name: "Draft payouts to partners",
    triggers: [cron("30 4 * * *")],
    concurrency: { limit: 1 },
  },
  async ({ step }) => ({
    drafted: await step.run("draft", async () => (await draftPayouts()).length),
  }),
);

/** Sends a payout once it is approved, or once what held it is mended. */
export const sendApprovedPayout = inngest.createFunction(
  {
    id: "send-payout",
    name: "Send payouts to partners",
    triggers: [payoutApproved],
    retries: 3,
    concurrency: { key: "event.data.payoutId", limit: 1 },
  },
  ({ event, step }) => step.run("send", () => sendPayout(event.data.payoutId)),
);

/** Every hour: payouts that wait for something, or whose sender was lost. */
export const sweepOpenPayouts = inngest.createFunction(
  { id: "sweep-payouts", triggers: [cron("20 * * * *")], retries: 0, concurrency: { limit: 1 } },
  async ({ step }) => {
    await step.run("accounts", refreshHeldAccounts);
    const swept = await step.run("send", sweepPayouts);
    await step.run("tell", tellPayouts);
    return swept;
  },
);
