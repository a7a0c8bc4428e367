import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { deliver, deliverAnyhow, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { refreshPayment, startTopup } from "./commands/topup";
import { startTopupInput } from "./input";
import type { StartedPayment } from "./started-payment";
import { books, click, intentIdOf, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

const CREDITED = {
  balance: "25.000000",
  frozen: "0.000000",
  lots: ["paid 25.000000"],
  moves: ["topup 25.000000"],
  topups: ["paid"],
  payments: ["succeeded"],
  refunds: [],
  disputes: [],
};

describe("buying credit", () => {
  it("gives it when Stripe says that the money came, and not before", async () => {
    const tenant = await makePayer();
    const from = eventIds(double).length;
    const payment = await startTopup(tenant.admin, click());
    expect(await pay(payment, "pm_card_visa")).toBe("succeeded");
    expect(await books(tenant)).toMatchObject({
      balance: "0.000000",
      topups: ["pending"],
      payments: ["pending"],
    });
    await deliver(double, eventIds(double, from));
    expect(await books(tenant)).toEqual(CREDITED);
  });

  it("is one payment for one click, however often it is pressed", async () => {
    const tenant = await makePayer();
    const input = click();
    const pressed = await Promise.allSettled([1, 2, 3, 4].map(() => startTopup(tenant.admin, input)));
    expect(pressed.some(({ status }) => status === "fulfilled")).toBe(true);
    const payment = await startTopup(tenant.admin, input);
    const intents = double.world.paymentIntents.where((one) => one.metadata.tenant_id === tenant.tenantId);
    expect(intents.map(({ id }) => id)).toEqual([intentIdOf(payment)]);
    await expect(startTopup(tenant.admin, { ...input, amount: 26_000_000n })).rejects.toMatchObject({
      reason: "request_changed",
    });
    expect(await books(tenant)).toMatchObject({ topups: ["pending"], payments: ["pending"] });
  });

  it("ends the same in whatever order events come, twice, late, or lost and made up by a look", async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), async (numbers) => {
        const draw = () => numbers.next().value ?? 0;
        const tenant = await makePayer();
        const from = eventIds(double).length;
        const payment = await startTopup(tenant.admin, click());
        await pay(payment, "pm_card_chargeDeclined");
        await pay(payment, "pm_card_authenticationRequired", draw() % 2 === 0 ? "fail" : "complete");
        if ((await stateOf(payment)) !== "succeeded") await pay(payment, "pm_card_visa");
        const ids = eventIds(double, from);
        await deliverAnyhow(double, ids, draw);
        await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
        expect(await books(tenant)).toEqual(CREDITED);
        await deliver(double, ids);
        expect(await books(tenant)).toEqual(CREDITED);
      }),
      { numRuns: 12 },
    );
  });

  it("finds its payment by our own id when the answer was lost before it could be noted", async () => {
    const tenant = await makePayer();
    const from = eventIds(double).length;
    const input = click();
    double.api.orders.add({ call: "POST /v1/payment_intents", do: "cut_after" });
    await expect(startTopup(tenant.admin, input)).rejects.toMatchObject({ code: "upstream" });
    const [intent] = double.world.paymentIntents.where((one) => one.metadata.tenant_id === tenant.tenantId);
    const { stripe } = await getStripe();
    await stripe.paymentIntents.confirm(intent?.id ?? "", { payment_method: "pm_card_visa" });
    await deliver(double, eventIds(double, from));
    expect(await books(tenant)).toEqual(CREDITED);
    expect(intentIdOf(await startTopup(tenant.admin, input))).toBe(intent?.id);
  });

  it("tells a decline in the bank's words, and takes another card for the same payment", async () => {
    const tenant = await makePayer();
    const payment = await startTopup(tenant.admin, click());
    const look = () => refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    expect(await look()).toEqual({ status: "pending", failure: null });
    await pay(payment, "pm_card_chargeDeclinedInsufficientFunds");
    expect(await look()).toEqual({ status: "failed", failure: "Your card has insufficient funds." });
    expect(await books(tenant)).toMatchObject({ balance: "0.000000", lots: [], topups: ["pending"] });
    await pay(payment, "pm_card_visa");
    expect(await look()).toMatchObject({ status: "succeeded" });
    expect(await books(tenant)).toEqual(CREDITED);
  });

  it("pays with a saved card, which the workspace's admins alone may use", async () => {
    const [tenant, stranger] = [await makePayer(), await makePayer()];
    const from = eventIds(double).length;
    const first = await startTopup(tenant.admin, { ...click(), saveCard: true });
    await pay(first, "pm_card_visa");
    await deliver(double, eventIds(double, from));
    const { listMethods } = await import("./queries");
    const [card] = await listMethods(tenant.admin);
    const methodId = card?.id ?? "";
    const second = await startTopup(tenant.admin, { ...click("10"), methodId });
    expect(await pay(second, second.savedMethod ?? "")).toBe("succeeded");
    await refreshPayment(tenant.admin, { paymentId: second.paymentId });
    expect(await books(tenant)).toMatchObject({ balance: "35.000000" });

    await expect(startTopup(stranger.admin, { ...click(), methodId })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(startTopup(tenant.member, click())).rejects.toMatchObject({ code: "forbidden" });
    const look = refreshPayment(stranger.admin, { paymentId: first.paymentId });
    await expect(look).rejects.toMatchObject({ code: "not_found" });
    expect(await books(stranger)).toMatchObject({ balance: "0.000000", topups: [] });
  });

  it("takes amounts as people write them, and refuses others with the reason", () => {
    const key = newId();
    const read = (amount: string) => startTopupInput.safeParse({ amount, requestKey: key });
    expect(read("$1,250.50").data?.amount).toBe(1_250_500_000n);
    expect(read("5").data?.amount).toBe(5_000_000n);
    const refused: Record<string, RegExp> = {
      "-5": /least/,
      "4.99": /least/,
      "10000.01": /most/,
      "5.001": /whole cents/,
      "0.0000001": /such as/,
      "1e3": /such as/,
      "5 EUR": /such as/,
      "": /such as/,
      "1,00,000": /such as/,
      "0,500": /such as/,
      "1000,500": /such as/,
    };
    for (const [amount, reason] of Object.entries(refused)) {
      expect(read(amount).error?.issues[0]?.message, amount).toMatch(reason);
    }
    expect(startTopupInput.safeParse({ amount: "5", requestKey: key, tenantId: newId() }).success).toBe(
      false,
    );
  });
});

const stateOf = async (payment: StartedPayment) =>
  (await (await getStripe()).stripe.paymentIntents.retrieve(intentIdOf(payment))).status;
