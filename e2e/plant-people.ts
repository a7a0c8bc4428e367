import { join } from "node:path";
import { closeDatabase, database } from "@/db/pool";
import { FACTS, signIn } from "@/db/seed/people";
import { platformScopeOf } from "@/lib/auth/scope";
import { readDemo } from "../db/seed/demo-file";
import { plantDebtor } from "./plant-debtor";
import { plantEarner } from "./plant-earner";
import { plantRenewer } from "./plant-renewer";
import { RENEWER } from "./renewer";

const { pool } = await database();
// The last of them: a folder that has it has them all.
const known = await pool.query("select 1 from users where email = $1", [RENEWER.email]);
if (known.rows.length === 0) {
  const admin = readDemo(join(process.env.DATA_DIR ?? "", "demo.json"))?.users.appAdmin.email ?? "";
  const platform = platformScopeOf(await signIn(admin), FACTS);
  if (!platform) throw new Error("the app admin has no platform");
  await plantDebtor();
  await plantEarner(platform);
  await plantRenewer(platform);
}
await closeDatabase();
