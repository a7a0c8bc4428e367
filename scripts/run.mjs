// `node scripts/run.mjs <file.ts> [arguments]`: runs a TypeScript entry that may import anything the server imports.
import { handOver } from "./bootstrap.mjs";

const [entry, ...args] = process.argv.slice(2);
if (!entry) {
  console.error("Usage: node scripts/run.mjs <file.ts> [arguments]");
  process.exit(2);
}
handOver(entry, args, { server: true, settings: true });
