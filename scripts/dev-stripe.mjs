import { handOver } from "./bootstrap.mjs";

handOver("scripts/serve/dev-stripe.ts", process.argv.slice(2), { settings: true });
