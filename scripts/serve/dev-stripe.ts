import { ROOT, runNode } from "../child";
import { stripeFor } from "./stripe";

/** Where the double answers: the same each time, so that a browser's tabs stay good. */
const STRIPE_PORT = Number(process.env.STRIPE_PORT || "12111");

/** Serves the sources with a Stripe on this machine: cards can be clicked through without an account. */
async function main(): Promise<number> {
  const port = process.env.PORT || "3000";
  const stripe = await stripeFor(port, STRIPE_PORT);
  console.log(`A double of Stripe answers at ${stripe.origin}; it forgets everything when it stops.`);
  console.log(
    "Cards: 4242 4242 4242 4242 pays, 4000 0000 0000 9995 declines, 4000 0027 6000 3184 asks its bank.",
  );
  const code = await runNode(["--import", "tsx", "scripts/serve/dev.ts"], {
    env: { ...process.env, PORT: port, ...stripe.settings },
  });
  await stripe.close();
  return code;
}

process.chdir(ROOT);
process.exitCode = await main();
