import { drizzle } from "drizzle-orm/node-postgres";
import { afterAll, expect, test, vi } from "vitest";
import { database } from "@/db/pool";
import { tenants } from "@/db/schema/auth";
import { autoTopups } from "@/db/schema/caps";
import { wallets } from "@/db/schema/wallets";
import { newId } from "@/lib/ids";
import { makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { saveAutoTopup } from "./commands/auto-topup";
import { saveAutoTopupInput } from "./input";
import { sweepPayments } from "./sweep";
import { books, saveCard } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

const WISH = { isOn: true, threshold: "10", amount: "50", monthlyMax: "120" };

/** Workspaces whose credit runs low, and which have no card that could buy any. */
async function lowWithoutCard(count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => newId());
  const owner = drizzle((await database()).pool);
  await owner.insert(tenants).values(ids.map((id) => ({ id, name: `Without a card ${id}` })));
  await owner.insert(wallets).values(ids.map((tenantId) => ({ tenantId })));
  await owner.insert(autoTopups).values(ids.map((tenantId) => ({ ...WISH, tenantId })));
}

test("credit is bought by itself however many want some and can have none", async () => {
  await lowWithoutCard(150);
  const tenant = await makePayer();
  await saveCard(double, tenant, "pm_card_visa");
  await saveAutoTopup(tenant.admin, saveAutoTopupInput.parse(WISH));
  for (let sweeps = 0; sweeps < 30 && (await books(tenant)).topups.length === 0; sweeps += 1)
    await sweepPayments();
  expect(await books(tenant)).toMatchObject({ topups: ["paid"] });
});
