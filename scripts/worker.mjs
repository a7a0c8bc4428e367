import { handOver } from "./bootstrap.mjs";

process.env.NODE_ENV ||= "production";
handOver("scripts/serve/worker.ts", process.argv.slice(2), { server: true, settings: true });
