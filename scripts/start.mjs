import { handOver } from "./bootstrap.mjs";

handOver("scripts/serve/start.ts", process.argv.slice(2), { settings: true });
