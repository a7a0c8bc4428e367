import { handOver } from "./bootstrap.mjs";

handOver("scripts/serve/dev.ts", process.argv.slice(2), { settings: true });
