import { startStripe } from "../../e2e/stripe/server";
import { ROOT, runNode } from "../child";

/** Where the double answers: the same each time, so that a browser's tabs stay good. */
const STRIPE_PORT = Number(process.env.STRIPE_PORT || "12111");

/** Serves the sources with a Stripe on this machine: cards can be clicked through without an account. */
async function main(): Promise<number> {
  const port = process.env.PORT || "3000";
  const app = `http://127.0.0.1:${port}/api/webhooks/stripe`;
  const secrets = { account: "whsec_ofDevelopment", connect: "whsec_connectOfDevelopment" };
  const double = await startStripe({
    port: STRIPE_PORT,
    endpoints: [
      { url: app, secret: secrets.account },
      { url: `${app}/connect`, secret: secrets.connect, isConnect: true },
    ],
  });
  console.log(`A double of Stripe answers at ${double.origin}; it forgets everything when it stops.`);
  console.log("Cards: 4242 4242 4242 4242 pays, 4000 0000 0000 9995 declines, 4000 0027 6000 3184 asks its bank.");
  const code = await runNode(["--import", "tsx", "scripts/serve/dev.ts"], {
    env: {
      ...process.env,
      PORT: port,
      STRIPE_API_BASE: double.origin,
      STRIPE_SECRET_KEY: double.secretKey,
      STRIPE_PUBLISHABLE_KEY: double.publishableKey,
      STRIPE_WEBHOOK_SECRET: secrets.account,
      STRIPE_CONNECT_WEBHOOK_SECRET: secrets.connect,
    },
  });
  await double.close();
  return code;
}

process.chdir(ROOT);
process.exitCode = await main();
