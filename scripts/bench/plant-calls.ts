// A new database with a workspace whose workflows are started by programs, and keys for them: tells its parent and ends.
import { migrateDatabase } from "@/db/migrate";
import { closeDatabase, database } from "@/db/pool";
import { createApiKey } from "@/lib/api-keys/commands";
import { API_SCOPES } from "@/lib/auth/permissions";
import { publishGraph, seedRunPrices } from "@/lib/runs/testing";
import { makeTenant } from "@/lib/testing/scopes";
import { transformChain } from "./run-workload";

const KEYS = 20;

await migrateDatabase(await database());
await seedRunPrices();
const { admin } = await makeTenant();
const one = await publishGraph(admin, "One step", transformChain(1));
const ten = await publishGraph(admin, "Ten steps", transformChain(10));
const keys: string[] = [];
for (let at = 1; at <= KEYS; at += 1) {
  const { key } = await createApiKey(admin, { name: `Key ${at}`, scopes: [...API_SCOPES], expiry: "never" });
  keys.push(key);
}
await closeDatabase();
process.send?.({ one, ten, keys }, undefined, undefined, () => process.exit(0));
