import { jobScope } from "@/lib/auth/scope";
import { runAutoTopup } from "@/lib/payments/commands/auto-topup";
import { inngest } from "../client";
import { walletLow } from "../events";

/** Buys credit for a tenant whose wallet runs low, where they asked for that. */
export const topUp = inngest.createFunction(
  {
    id: "top-up",
    name: "Buy credit automatically",
    triggers: [walletLow],
    concurrency: { key: "event.data.tenantId", limit: 1 },
    retries: 3,
  },
  ({ event, step }) =>
    step.run("top-up", async () => runAutoTopup(await jobScope(event.data.tenantId, "top-up"))),
);
