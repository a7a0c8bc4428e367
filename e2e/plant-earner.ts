import { eq, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { wallets } from "@/db/schema/wallets";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { accept, FACTS, signIn } from "@/db/seed/people";
import { createPartner } from "@/lib/admin/commands/partners";
import { jobScope, partnerScopeOf } from "@/lib/auth/scope";
import { shiftClock } from "@/lib/clock";
import { microsFromNumeric } from "@/lib/money";
import { createCustomer } from "@/lib/partners/commands/customers";
import { postCredit } from "@/lib/wallet/credit";
import { EARNER } from "./earner";
import { plantUsage } from "./plant-usage";

const DAY_MS = 86_400_000;

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
    await plantUsage(scope, { partnerId, cost: given.dollars });
  await asSystem("plant", (tx) =>
    postCredit(tx, { tenantId, kind: "topup", source: "paid", amount: 160_000_000n, key: "planted" }),
  );
  await plantUsage(scope, { partnerId, cost: "160.000000", commission: "60.000000" });
}

/** A partner whose customer bought credit and used it so long ago that its commission is to be paid. */
export async function plantEarner(platform: PlatformScope): Promise<void> {
  await createPartner(platform, { name: EARNER.partnerName, adminEmail: EARNER.email });
  await accept(EARNER);
  const partner = partnerScopeOf(await signIn(EARNER.email), FACTS);
  if (!partner) throw new Error("the partner's admin has no partner");
  const adminEmail = "carla@earned-foods.example";
  const { id } = await createCustomer(partner, { name: "Earned Foods", adminEmail });
  shiftClock(-75 * DAY_MS);
  await earn(await jobScope(id, "plant"), partner.partnerId);
  shiftClock(0);
}
