import { and, asc, eq } from "drizzle-orm";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { partners, users } from "@/db/schema/auth";
import { notifications } from "@/db/schema/notifications";
import { partnerPayouts } from "@/db/schema/partner-money";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { approvePayout, cancelPayout, recordPayout } from "./commands/decide";
import { draftPayouts } from "./commands/draft";
import { noticesOf, tellPayouts } from "./notices";
import { sendPayout } from "./send";
import { type Business, earn, fund, makeBusiness, onboard, payoutsOf, transfersFor } from "./testing";

const double = await vi.hoisted(async () =>
  (await import("@/lib/stripe/double-testing")).startTestStripe({ hearsAccounts: true }),
);

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

const MONTH_MS = 31 * 86_400_000;

type Told = Business & { homeId: string; mail: string };

/** A partner with a workspace of its own, and people in it who are told. */
async function business(): Promise<Told> {
  const made = await makeBusiness();
  const home = await makeTenant();
  await asSystem("test", (tx) =>
    tx.update(partners).set({ homeTenantId: home.tenantId }).where(eq(partners.id, made.partnerId)),
  );
  const mail = `${newId()}@example.test`;
  await asSystem("test", (tx) =>
    tx.update(users).set({ email: mail, isVerified: true }).where(eq(users.id, home.adminId)),
  );
  return { ...made, homeId: home.tenantId, mail };
}

async function draft(told: Told, cents: bigint): Promise<string> {
  await earn(told, cents * 10_000n);
  await draftPayouts();
  return (await payoutsOf(told.partnerId)).at(-1)?.id ?? "";
}

async function titles({ homeId }: Told): Promise<string[]> {
  const rows = await asSystem("test", (tx) =>
    tx
      .select({ title: notifications.title })
      .from(notifications)
      .where(and(eq(notifications.tenantId, homeId), eq(notifications.kind, "payout_update")))
      .orderBy(asc(notifications.createdAt), asc(notifications.id)),
  );
  // Numbers are counted over the whole database.
  return rows.map(({ title }) => title.replace(/PS-\d{4}-\d{6}/, "PS"));
}

describe("what a partner is told of its payouts", () => {
  it("is each step once: approved, held and why, sent, paid, and what came back; in the console and by mail", async () => {
    const told = await business();
    const admin = await makePlatform();
    const payoutId = await draft(told, 8_000n);
    await tellPayouts();
    expect(await titles(told)).toEqual([]);

    await approvePayout(admin, { payoutId });
    await approvePayout(admin, { payoutId });
    expect(await sendPayout(payoutId)).toBe("held");
    expect(await sendPayout(payoutId)).toBe("held");
    await tellPayouts();
    const steps = ["Payout PS of $80.00 is approved", "Payout PS of $80.00 is held"];
    expect(await titles(told)).toEqual(steps);

    const account = await onboard(double, told);
    await fund(double, 100_000);
    const from = eventIds(double).length;
    expect(await sendPayout(payoutId)).toBe("sent");
    const { stripe } = await getStripe();
    const [transfer] = await transfersFor(payoutId);
    await stripe.transfers.createReversal(transfer?.id ?? "", { amount: 500 });
    await deliver(double, [...eventIds(double, from), ...eventIds(double, from)]);
    double.world.clock.advance(60);
    await stripe.payouts.create({ amount: 7_500, currency: "usd" }, { stripeAccount: account });
    double.world.clock.advance(3 * 86_400);
    await deliver(double, [...eventIds(double, from), ...eventIds(double, from)]);
    await tellPayouts();
    steps.push("Payout PS of $80.00 is sent", "$5.00 of payout PS came back", "Payout PS of $80.00 is paid");
    expect(await titles(told)).toEqual(steps);
    const mails = await mailsTo(told.mail);
    expect(mails.map(({ subject }) => subject.replace(/PS-\d{4}-\d{6}/, "PS")).sort()).toEqual(
      [...steps].sort(),
    );
    expect(mails[0]?.actionUrl).toMatch(new RegExp(`/partner/payouts/${payoutId}$`));
  });

  it("says that Stripe refused it and that it is tried again, and what an admin recorded or cancelled", async () => {
    const told = await business();
    const admin = await makePlatform();
    await onboard(double, told);
    await fund(double, 100_000);
    const payoutId = await draft(told, 9_000n);
    double.api.orders.add({ call: "POST /v1/transfers", do: "refuse" });
    await approvePayout(admin, { payoutId });
    expect(await sendPayout(payoutId)).toBe("failed");
    await recordPayout(admin, { payoutId, method: "bank_transfer", reference: "SEPA 1" });
    expect(await titles(told)).toEqual([
      "Payout PS of $90.00 is approved",
      "Payout PS of $90.00 could not be sent",
      "Payout PS of $90.00 is paid",
    ]);
    await asSystem("test", (tx) =>
      tx
        .update(partnerPayouts)
        .set({ updatedAt: new Date(Date.now() - MONTH_MS) })
        .where(eq(partnerPayouts.id, payoutId)),
    );
    await tellPayouts();
    expect(await titles(told)).toHaveLength(3);

    const other = await business();
    const cancelled = await draft(other, 7_000n);
    await cancelPayout(admin, { payoutId: cancelled, reason: "Looked at again" });
    // A draft has no number: nobody knows of it yet.
    expect(await titles(other)).toEqual([]);
  });

  it("says once that it waits for what is ours to mend, however often it is tried meanwhile", async () => {
    const told = await business();
    const admin = await makePlatform();
    await onboard(double, told);
    await fund(double, 0);
    const payoutId = await draft(told, 6_000n);
    await approvePayout(admin, { payoutId });
    for (let hour = 0; hour < 3; hour += 1) expect(await sendPayout(payoutId)).toBe("held");
    await tellPayouts();
    const steps = ["Payout PS of $60.00 is approved", "Payout PS of $60.00 is held"];
    expect(await titles(told)).toEqual(steps);

    await fund(double, 100_000);
    expect(await sendPayout(payoutId)).toBe("sent");
    expect(await titles(told)).toEqual([...steps, "Payout PS of $60.00 is sent"]);
  });

  it("worries nobody where payouts go by bank transfer", () => {
    const payout = {
      id: newId(),
      number: "PS-2026-000001",
      status: "approved",
      amountCents: 100n,
      reversedCents: 0n,
      attempt: 1,
      heldReason: "stripe_off",
      failure: null,
      stripePayoutId: null,
    };
    expect(noticesOf(payout)).toMatchObject([{ key: "approved" }]);
    expect(noticesOf({ ...payout, heldReason: "no_funds" })).toMatchObject([{ key: "held:no_funds" }]);
    expect(noticesOf({ ...payout, status: "draft", number: null })).toEqual([]);
  });
});
