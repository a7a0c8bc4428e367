import { handOver } from "./bootstrap.mjs";

handOver("scripts/check/main.ts", process.argv.slice(2));
