import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import { asSystem, asWorker } from "@/db/access";
import { closeDatabase, database } from "@/db/pool";
import { ledgerEntries } from "@/db/schema/billing";
import { wallets } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { accept, FACTS, signIn } from "@/db/seed/people";
import { createPartner } from "@/lib/admin/commands/partners";
import { jobScope, partnerScopeOf, platformScopeOf } from "@/lib/auth/scope";
import { currentTime, shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { microsFromNumeric, microsToNumeric } from "@/lib/money";
import { createCustomer } from "@/lib/partners/commands";
import { postCredit } from "@/lib/wallet/credit";
import { charge } from "@/lib/wallet/money-gatherer";
import { readDemo } from "../scripts/serve/demo";
import { EARNER } from "./earner";

const DAY_MS = 86_400_000;

/** Usage in whole dollars, of which the partner's price is so much above the base. */
async function use(
  scope: TenantScope,
  partnerId: string,
  dollars: { cost: string; commission: string },
): Promise<void> {
  const { tenantId } = scope;
  const base = microsToNumeric(microsFromNumeric(dollars.cost) - microsFromNumeric(dollars.commission));
  await asWorker(scope, async (tx) => {
    const id = newId();
    await tx.insert(ledgerEntries).values({
      id,
      tenantId,
      partnerId,
      resourceType: "workflow_node",
      unit: "node",
      quantity: "1",
      systemRate: base,
      tenantRate: dollars.cost,
      platformCost: base,
      tenantCost: dollars.cost,
      partnerCommission: dollars.commission,
      entryType: "usage",
      idempotencyKey: id,
      occurredAt: currentTime(),
    });
    charge(tx, scope, { entryIds: [id], holdKey: null, isGuarded: false });
  });
}

/** What the workspace was given for its trial is used up first: nobody paid for it. Then credit is bought, and used. */
async function earn(scope: TenantScope, partnerId: string): Promise<void> {
  const { tenantId } = scope;
  const [given] = await asSystem("plant", (tx) =>
    tx
      .select({ dollars: sql<string>`(${wallets.allowance} + ${wallets.balance})::numeric(18,6)` })
      .from(wallets)
      .where(eq(wallets.tenantId, tenantId)),
  );
  if (given && microsFromNumeric(given.dollars) > 0n)
    await use(scope, partnerId, { cost: given.dollars, commission: "0.000000" });
  await asSystem("plant", (tx) =>
    postCredit(tx, { tenantId, kind: "topup", source: "paid", amount: 160_000_000n, key: "planted" }),
  );
  await use(scope, partnerId, { cost: "160.000000", commission: "60.000000" });
}

const { pool } = await database();
const known = await pool.query("select 1 from users where email = $1", [EARNER.email]);
if (known.rows.length === 0) {
  const admin = readDemo(join(process.env.DATA_DIR ?? "", "demo.json"))?.users.appAdmin.email ?? "";
  const platform = platformScopeOf(await signIn(admin), FACTS);
  if (!platform) throw new Error("the app admin has no platform");
  await createPartner(platform, { name: EARNER.partnerName, adminEmail: EARNER.email });
  await accept(EARNER);
  const partner = partnerScopeOf(await signIn(EARNER.email), FACTS);
  if (!partner) throw new Error("the partner's admin has no partner");
  const adminEmail = "carla@earned-foods.example";
  const { id } = await createCustomer(partner, { name: "Earned Foods", adminEmail });
  shiftClock(-75 * DAY_MS);
  await earn(await jobScope(id, "plant"), partner.partnerId);
}
await closeDatabase();
