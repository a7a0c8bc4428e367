import { runNode } from "../scripts/child";
import { prepare } from "../scripts/serve/prepare-once";
import { stripeFor } from "../scripts/serve/stripe";
import { plantLongRun } from "./long-run";
import { plantPeople } from "./people";

/** `npm start` on demo data with a run of thousands of steps and people who owe and earned, and a Stripe on this machine. */
async function main(): Promise<number> {
  const dataDir = process.env.DATA_DIR ?? "";
  const isReady = (await prepare()) && (await plantLongRun(dataDir)) && (await plantPeople(dataDir));
  if (!isReady) return 1;
  const stripe = await stripeFor(process.env.PORT ?? "", Number(process.env.E2E_STRIPE_PORT));
  const code = await runNode(["scripts/start.mjs"], { env: { ...process.env, ...stripe.settings } });
  await stripe.close();
  return code;
}

process.exitCode = await main();
