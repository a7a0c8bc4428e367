import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { asSystem, asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { tenants } from "@/db/schema/auth";
import { autoTopups } from "@/db/schema/caps";
import { notifications } from "@/db/schema/notifications";
import { paymentMethods } from "@/db/schema/payments";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import type { TestTenant } from "@/lib/testing/scopes";
import { runAutoTopup, saveAutoTopup } from "./commands/auto-topup";
import { saveAutoTopupInput } from "./input";
import { tellExpiringCards, tellTopups } from "./notices";
import { saveCard } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
afterEach(() => shiftClock(0));

async function told({ admin, adminId }: TestTenant): Promise<string[]> {
  const rows = await asTenant(admin, (tx) =>
    tx
      .select({ title: notifications.title })
      .from(notifications)
      .where(and(eq(notifications.userId, adminId), eq(notifications.kind, "payment_failed")))
      .orderBy(notifications.id),
  );
  return rows.map(({ title }) => title);
}

describe("payments that went wrong while nobody was there", () => {
  it("are told once each, and that it is turned off after the third", async () => {
    const tenant = await makePayer();
    await saveCard(double, tenant, "pm_card_chargeCustomerFail");
    const input = { isOn: true, threshold: "10", amount: "50", monthlyMax: "120" };
    await saveAutoTopup(tenant.admin, saveAutoTopupInput.parse(input));
    const failed = "Credit could not be bought automatically: $50.00";
    for (const failures of [1, 2, 3]) {
      expect(await runAutoTopup(tenant.job)).toBe("failed");
      await tellTopups();
      await tellTopups();
      const off = failures === 3 ? ["Automatic top-up is turned off"] : [];
      expect(await told(tenant)).toEqual([...Array.from({ length: failures }, () => failed), ...off]);
      if (failures < 3)
        await asSystem("test", (tx) =>
          tx
            .update(autoTopups)
            .set({ updatedAt: sql`now() - interval '61 minutes'` })
            .where(eq(autoTopups.tenantId, tenant.tenantId)),
        );
    }
    const mails = await mailsTo(`${tenant.adminId}@example.test`);
    expect(mails).toHaveLength(4);
    expect(await told(await makePayer())).toEqual([]);
  });

  it("are not told of a day later", async () => {
    const tenant = await makePayer();
    await saveCard(double, tenant, "pm_card_chargeCustomerFail");
    const input = { isOn: true, threshold: "10", amount: "50", monthlyMax: "120" };
    await saveAutoTopup(tenant.admin, saveAutoTopupInput.parse(input));
    expect(await runAutoTopup(tenant.job)).toBe("failed");
    shiftClock(25 * 3_600_000);
    await tellTopups();
    expect(await told(tenant)).toEqual([]);
  });
});

describe("a card that runs out", () => {
  it("is told of in its last month and once it is over, if it is the one that is charged", async () => {
    const tenant = await makePayer();
    await saveCard(double, tenant, "pm_card_visa");
    await saveCard(double, tenant, "pm_card_mastercard");
    const now = new Date();
    const [year, month] = [now.getUTCFullYear(), now.getUTCMonth() + 1];
    const expires = (expYear: number, expMonth: number) =>
      asSystem("test", (tx) =>
        tx
          .update(paymentMethods)
          .set({ expYear, expMonth })
          .where(eq(paymentMethods.tenantId, tenant.tenantId)),
      );
    await expires(year + 1, month);
    await tellExpiringCards();
    expect(await told(tenant)).toEqual([]);
    await expires(year, month);
    await tellExpiringCards();
    await tellExpiringCards();
    expect(await told(tenant)).toEqual(["The card that is charged expires soon: Visa •••• 4242"]);
    shiftClock(Date.UTC(year, month, 15) - now.getTime());
    await tellExpiringCards();
    expect((await told(tenant)).at(1)).toBe("The card that is charged has expired: Visa •••• 4242");
    shiftClock(Date.UTC(year, month + 1, 15) - now.getTime());
    await tellExpiringCards();
    expect(await told(tenant)).toHaveLength(2);
  });

  it("is told of however many run out with it, and were told of before", async () => {
    const now = new Date();
    const [expYear, expMonth] = [now.getUTCFullYear(), now.getUTCMonth() + 1];
    const ids = Array.from({ length: 120 }, () => newId());
    const owner = drizzle((await database()).pool);
    await owner.insert(tenants).values(ids.map((id) => ({ id, name: `With a card ${id}` })));
    await owner.insert(paymentMethods).values(
      ids.map((tenantId) => ({
        id: newId(),
        tenantId,
        stripePaymentMethodId: `pm_${tenantId}`,
        stripeCustomerId: `cus_${tenantId}`,
        isDefault: true,
        expYear,
        expMonth,
      })),
    );
    expect(await tellExpiringCards()).toBeGreaterThanOrEqual(ids.length);
  });
});
